// output = clamp(left + scale * right, low, high), value by value.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = id.x + id.y * workgroups.x * WORKGROUP_SIZE;
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.output.groups;
    let group = item % uniforms.output.groups;
    let left = read_left(pixel * uniforms.left.pitch + uniforms.left.offset + group);
    let right = read_right(pixel * uniforms.right.pitch + uniforms.right.offset + group);
    let low = vec4<f32>(uniforms.bounds.low);
    let high = vec4<f32>(uniforms.bounds.high);
    write_output(
        pixel * uniforms.output.pitch + uniforms.output.offset + group,
        clamp(left + uniforms.scale * right, low, high),
    );
}
