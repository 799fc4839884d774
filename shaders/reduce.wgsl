// One value of many, along any axes. An invocation computes four values of the result.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.output.quads;
    let quad = item - pixel * uniforms.output.quads;
    let first = index_along(uniforms.pixels, pixel);
    var values = vec4<f32>();
    for (var lane = 0u; lane < 4u; lane++) {
        let channel = 4u * quad + lane;
        if channel < uniforms.output.channels {
            values[lane] = result_of(reduced_of(first + index_along(uniforms.channels, channel), 0u, 1u));
        }
    }
    write_output(at(uniforms.output, pixel, quad), values);
}
