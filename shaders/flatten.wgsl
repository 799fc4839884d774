// All values of an image as one vector, in channel, row, column order.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let quad = item % uniforms.output.quads;
    let image = item / uniforms.output.quads;
    var values = vec4<f32>();
    for (var lane = 0u; lane < 4u; lane++) {
        let feature = 4u * quad + lane;
        if feature < uniforms.output.channels {
            let pixel = feature % uniforms.input.pixels;
            let channel = feature / uniforms.input.pixels;
            let index = at(uniforms.input, image * uniforms.input.pixels + pixel, channel / 4u);
            values[lane] = read_input(index)[channel % 4u];
        }
    }
    write_output(at(uniforms.output, image, quad), values);
}
