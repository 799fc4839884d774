// The image without its outermost rows and columns.

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

    let in_row = image * uniforms.input.height + y + uniforms.border_top;
    let in_pixel = in_row * uniforms.input.width + x + uniforms.border_left;
    let value = read_input(in_pixel * uniforms.input.pitch + uniforms.input.offset + group);
    write_output(pixel * uniforms.output.pitch + uniforms.output.offset + group, value);
}
