// A border of zeros.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = id.x + id.y * workgroups.x * WORKGROUP_SIZE;
    if item >= uniforms.items {
        return;
    }
    let group = item % uniforms.output.groups;
    let pixel = item / uniforms.output.groups;
    let x = pixel % uniforms.output.width;
    let row = pixel / uniforms.output.width;
    let y = row % uniforms.output.height;
    let image = row / uniforms.output.height;

    let in_y = i32(y) - i32(uniforms.padding_top);
    let in_x = i32(x) - i32(uniforms.padding_left);
    var value = vec4<f32>();
    if in_y >= 0 && in_y < i32(uniforms.input.height) && in_x >= 0 && in_x < i32(uniforms.input.width) {
        let in_row = (image * uniforms.input.height + u32(in_y)) * uniforms.input.width;
        value = read_input((in_row + u32(in_x)) * uniforms.input.pitch + uniforms.input.offset + group);
    }
    write_output(pixel * uniforms.output.pitch + uniforms.output.offset + group, value);
}
