// Stores (input - mean) * scale + shift.
// The weights are three rows of quads: mean, scale, shift.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.output.quads;
    let quad = item % uniforms.output.quads;
    let x = read_input(at(uniforms.input, pixel, quad));
    let weight = uniforms.weights_offset + quad;
    // Each row is used before the next one is read, so that only two quads are in registers at once.
    let centred = x - read_weights(weight);
    let scaled = centred * read_weights(weight + uniforms.output.quads);
    store(scaled + read_weights(weight + 2u * uniforms.output.quads), pixel, quad);
}
