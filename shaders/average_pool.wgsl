// The mean of each window. With count_padding, the divisor counts the padding as well. It never counts pixels beyond
// the padding, which a window may cover if an output size was rounded up (PyTorch, aten/src/ATen/native/AvgPool2d).

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let place = place_of(item, uniforms.output);

    let height = i32(uniforms.input.height);
    let width = i32(uniforms.input.width);
    let top = i32(place.y * uniforms.window.stride_y) - i32(uniforms.window.padding_top);
    let left = i32(place.x * uniforms.window.stride_x) - i32(uniforms.window.padding_left);
    var sum = vec4<f32>();
    var inside = 0u;
    var inside_border = 0u;
    for (var ky = 0u; ky < uniforms.window.kernel_height; ky++) {
        let in_y = top + i32(ky * uniforms.window.dilation_y);
        for (var kx = 0u; kx < uniforms.window.kernel_width; kx++) {
            let in_x = left + i32(kx * uniforms.window.dilation_x);
            if in_y < height + i32(uniforms.window.padding_bottom) && in_x < width + i32(uniforms.window.padding_right) {
                inside_border++;
            }
            if in_y >= 0 && in_y < height && in_x >= 0 && in_x < width {
                let pixel = pixel_of(uniforms.input, place.image, u32(in_y), u32(in_x));
                sum += read_input(at(uniforms.input, pixel, place.quad));
                inside++;
            }
        }
    }
    let divisor = max(select(inside, inside_border, uniforms.count_padding != 0u), 1u);
    write_output(at(uniforms.output, place.pixel, place.quad), sum / f32(divisor));
}
