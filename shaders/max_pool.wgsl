// The largest value of each window. Padding is ignored.

const LOWEST = vec4<f32>(-3.4028234e38);

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let place = place_of(item, uniforms.output);

    let top = i32(place.y * uniforms.window.stride_y) - i32(uniforms.window.padding_top);
    let left = i32(place.x * uniforms.window.stride_x) - i32(uniforms.window.padding_left);
    var largest = LOWEST;
    for (var ky = 0u; ky < uniforms.window.kernel_height; ky++) {
        let in_y = top + i32(ky * uniforms.window.dilation_y);
        if in_y < 0 || in_y >= i32(uniforms.input.height) {
            continue;
        }
        for (var kx = 0u; kx < uniforms.window.kernel_width; kx++) {
            let in_x = left + i32(kx * uniforms.window.dilation_x);
            if in_x < 0 || in_x >= i32(uniforms.input.width) {
                continue;
            }
            let pixel = pixel_of(uniforms.input, place.image, u32(in_y), u32(in_x));
            largest = max(largest, read_input(at(uniforms.input, pixel, place.quad)));
        }
    }
    write_output(at(uniforms.output, place.pixel, place.quad), largest);
}
