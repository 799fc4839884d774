// Stores each value of the input. The fused expression is the operation.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.output.quads;
    let quad = item % uniforms.output.quads;
    let x = read_input(at(uniforms.input, pixel, quad));
    store(x, pixel, quad);
}
