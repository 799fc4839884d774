// Copies the channels of the input from `first_channel` on to another tensor.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.output.quads;
    let quad = item % uniforms.output.quads;
    var values = vec4<f32>();
    for (var lane = 0u; lane < 4u; lane++) {
        let channel = 4u * quad + lane;
        if channel < uniforms.output.channels {
            let source = uniforms.first_channel + channel;
            values[lane] = read_input(at(uniforms.input, pixel, source / 4u))[source % 4u];
        }
    }
    write_output(at(uniforms.output, pixel, quad), values);
}
