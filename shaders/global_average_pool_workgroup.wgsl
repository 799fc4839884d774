// The mean of each channel over all pixels of each image. A workgroup computes one quad of channels: its invocations share
// the pixels.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) invocation: u32,
) {
    let item = id.x + id.y * workgroups.x;
    if item >= uniforms.items {
        return;
    }
    let quad = item % uniforms.output.quads;
    let image = item / uniforms.output.quads;
    let first = image * uniforms.input.pixels;
    var share = vec4<f32>();
    for (var pixel = invocation; pixel < uniforms.input.pixels; pixel += WORKGROUP_SIZE) {
        share += read_input(at(uniforms.input, first + pixel, quad));
    }
    let sum = workgroup_sum(share, invocation);
    if invocation == 0u {
        write_output(at(uniforms.output, image, quad), sum / f32(uniforms.input.pixels));
    }
}
