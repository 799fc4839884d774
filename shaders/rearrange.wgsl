// The values of a tensor in another order. Values are counted in the logical order of the result, which is the order of
// neither memory.

fn value_at(first: u32, channel: u32) -> f32 {
    // Channels beyond the last one only fill up a quad.
    let last = uniforms.output.channels - 1u;
    let number = first + index_along(uniforms.channels, min(channel, last));
    let source = uniforms.begin + index_along(uniforms.source, number);
    let value = read_input(uniforms.input.offset + source / 4u)[source % 4u];
    return select(0.0, value, channel <= last);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.output.quads;
    let quad = item - pixel * uniforms.output.quads;
    let first = index_along(uniforms.pixels, pixel);
    if uniforms.in_quads != 0u {
        let source = uniforms.begin + first + index_along(uniforms.channels, 4u * quad);
        let is_channel = vec4<u32>(0u, 1u, 2u, 3u) + vec4<u32>(4u * quad) < vec4<u32>(uniforms.output.channels);
        let values = read_input(uniforms.input.offset + source / 4u);
        write_output(at(uniforms.output, pixel, quad), select(vec4<f32>(), values, is_channel));
        return;
    }
    let values = vec4<f32>(
        value_at(first, 4u * quad),
        value_at(first, 4u * quad + 1u),
        value_at(first, 4u * quad + 2u),
        value_at(first, 4u * quad + 3u),
    );
    write_output(at(uniforms.output, pixel, quad), values);
}
