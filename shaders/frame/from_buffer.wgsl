// Copies a strided buffer of the application to a tensor.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let place = place_of(item, uniforms.tensor);
    let begin = place.image * uniforms.image_stride
        + (place.pixel % uniforms.tensor.pixels) * uniforms.pixel_stride;
    var value = vec4<f32>(0.0);
    for (var lane = 0u; lane < 4u; lane++) {
        let channel = 4u * place.quad + lane;
        if channel < uniforms.tensor.channels {
            value[lane] = read_input(begin + channel * uniforms.channel_stride);
        }
    }
    write_output(at(uniforms.tensor, place.pixel, place.quad), value);
}
