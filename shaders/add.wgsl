// Stores left + scale * right for each value. If `doubles` is set, both operands are the left tensor.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.output.quads;
    let quad = item % uniforms.output.quads;
    let left = read_left(at(uniforms.left, pixel, quad));
    var right = left;
    if uniforms.doubles == 0u {
        right = read_right(at(uniforms.right, pixel, quad));
    }
    store(left + uniforms.scale * right, pixel, quad);
}
