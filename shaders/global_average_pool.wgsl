// The mean of each channel over all pixels of each image.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let quad = item % uniforms.output.quads;
    let image = item / uniforms.output.quads;
    let first = image * uniforms.input.pixels;
    var sum = vec4<f32>();
    for (var pixel = 0u; pixel < uniforms.input.pixels; pixel++) {
        sum += read_input(at(uniforms.input, first + pixel, quad));
    }
    write_output(at(uniforms.output, image, quad), sum / f32(uniforms.input.pixels));
}
