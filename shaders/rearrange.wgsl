// The values of a tensor in another order. Values are counted in the logical order of the result, which is the order of
// neither memory.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.output.quads;
    let quad = item % uniforms.output.quads;
    let first = index_along(uniforms.pixels, pixel);
    var values = vec4<f32>();
    for (var lane = 0u; lane < 4u; lane++) {
        let channel = 4u * quad + lane;
        if channel < uniforms.output.channels {
            let number = first + index_along(uniforms.channels, channel);
            let source = uniforms.begin + index_along(uniforms.source, number);
            values[lane] = read_input(uniforms.input.offset + source / 4u)[source % 4u];
        }
    }
    write_output(at(uniforms.output, pixel, quad), values);
}
