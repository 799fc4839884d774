// A border of zeros.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let place = place_of(item, uniforms.output);

    let in_y = i32(place.y) - i32(uniforms.padding_top);
    let in_x = i32(place.x) - i32(uniforms.padding_left);
    var value = vec4<f32>();
    if in_y >= 0 && in_y < i32(uniforms.input.height) && in_x >= 0 && in_x < i32(uniforms.input.width) {
        let pixel = pixel_of(uniforms.input, place.image, u32(in_y), u32(in_x));
        value = read_input(at(uniforms.input, pixel, place.quad));
    }
    write_output(at(uniforms.output, place.pixel, place.quad), value);
}
