// A border of pixels of one value.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let place = place_of(item, uniforms.output);

    let in_y = i32(place.y) - i32(uniforms.padding_top);
    let in_x = i32(place.x) - i32(uniforms.padding_left);
    // Lanes beyond the last channel stay zero.
    let channel = vec4<u32>(4u * place.quad) + vec4<u32>(0u, 1u, 2u, 3u);
    var value = select(vec4<f32>(), vec4<f32>(uniforms.value), channel < vec4<u32>(uniforms.output.channels));
    if in_y >= 0 && in_y < i32(uniforms.input.height) && in_x >= 0 && in_x < i32(uniforms.input.width) {
        let pixel = pixel_of(uniforms.input, place.image, u32(in_y), u32(in_x));
        value = read_input(at(uniforms.input, pixel, place.quad));
    }
    write_output(at(uniforms.output, place.pixel, place.quad), value);
}
