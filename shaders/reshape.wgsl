// The values of an image with other extents. They are counted in channel, row, column order, which is not the storage
// order of either image.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.output.quads;
    let quad = item % uniforms.output.quads;
    let image = pixel / uniforms.output.pixels;
    var values = vec4<f32>();
    for (var lane = 0u; lane < 4u; lane++) {
        let channel = 4u * quad + lane;
        if channel < uniforms.output.channels {
            let place = channel * uniforms.output.pixels + pixel % uniforms.output.pixels;
            let source_pixel = image * uniforms.input.pixels + place % uniforms.input.pixels;
            let source = place / uniforms.input.pixels;
            values[lane] = read_input(at(uniforms.input, source_pixel, source / 4u))[source % 4u];
        }
    }
    write_output(at(uniforms.output, pixel, quad), values);
}
