// exp(x - max) / sum(exp(x - max)) over the channels of each pixel. One invocation computes one pixel.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let pixel = item_of(id, workgroups);
    if pixel >= uniforms.items {
        return;
    }
    let first = at(uniforms.input, pixel, 0u);
    let to = at(uniforms.output, pixel, 0u);

    var largest = vec4<f32>(-3.4028234e38);
    for (var quad = 0u; quad < uniforms.output.quads; quad++) {
        largest = select(largest, max(largest, read_input(first + quad)), channel_mask(quad));
    }
    let peak = vec4<f32>(max(max(largest.x, largest.y), max(largest.z, largest.w)));
    var sums = vec4<f32>();
    for (var quad = 0u; quad < uniforms.output.quads; quad++) {
        sums += select(vec4<f32>(), exp(read_input(first + quad) - peak), channel_mask(quad));
    }
    let sum = vec4<f32>(sums.x + sums.y + sums.z + sums.w);
    for (var quad = 0u; quad < uniforms.output.quads; quad++) {
        let share = exp(read_input(first + quad) - peak) / sum;
        write_output(to + quad, select(vec4<f32>(), share, channel_mask(quad)));
    }
}
