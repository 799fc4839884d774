// The largest value in each window; the border never wins.

const LOWEST = vec4<f32>(-3.4028234e38);

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

    let top = i32(y * uniforms.window.stride_y) - i32(uniforms.window.padding_top);
    let left = i32(x * uniforms.window.stride_x) - i32(uniforms.window.padding_left);
    var largest = LOWEST;
    for (var ky = 0u; ky < uniforms.window.kernel_height; ky++) {
        let in_y = top + i32(ky * uniforms.window.dilation_y);
        if in_y < 0 || in_y >= i32(uniforms.input.height) {
            continue;
        }
        let in_row = (image * uniforms.input.height + u32(in_y)) * uniforms.input.width;
        for (var kx = 0u; kx < uniforms.window.kernel_width; kx++) {
            let in_x = left + i32(kx * uniforms.window.dilation_x);
            if in_x < 0 || in_x >= i32(uniforms.input.width) {
                continue;
            }
            let at = (in_row + u32(in_x)) * uniforms.input.pitch + uniforms.input.offset + group;
            largest = max(largest, read_input(at));
        }
    }
    write_output(pixel * uniforms.output.pitch + uniforms.output.offset + group, largest);
}
