// The foreground probability of each pixel: the sum of the softmax of its scores over all classes but the first, which
// is the background. A single class is the foreground, and the score of the background is then 0.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let pixel = item_of(id, workgroups);
    if pixel >= uniforms.input.pixels {
        return;
    }
    let first = at(uniforms.input, uniforms.image * uniforms.input.pixels + pixel, 0u);
    let channels = uniforms.input.channels;
    let alone = channels == 1u;
    let background = select(read_input(first).x, 0.0, alone);
    var largest = background;
    for (var channel = select(1u, 0u, alone); channel < channels; channel++) {
        largest = max(largest, read_input(first + channel / 4u)[channel % 4u]);
    }
    var others = 0.0;
    for (var channel = select(1u, 0u, alone); channel < channels; channel++) {
        others += exp(read_input(first + channel / 4u)[channel % 4u] - largest);
    }
    write_scores(pixel, others / (exp(background - largest) + others));
}
