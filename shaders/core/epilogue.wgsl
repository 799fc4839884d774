// What every convolution does with a sum that is complete.

// Adds the residual, where there is one, to the result at a quad of channels of a pixel of the batch; clamps it and
// writes it.
fn finish(sum: vec4<f32>, pixel: u32, channel: u32) {
    var result = sum;
    if uniforms.has_residual != 0u {
        result += read_residual(at(uniforms.residual, pixel, channel));
    }
    write_output(at(uniforms.output, pixel, channel), activate(result, uniforms.bounds));
}

// The same for two quads of one pixel, which look for the residual once.
fn finish_both(a: vec4<f32>, b: vec4<f32>, pixel: u32, channel_a: u32, channel_b: u32) {
    var result_a = a;
    var result_b = b;
    if uniforms.has_residual != 0u {
        result_a += read_residual(at(uniforms.residual, pixel, channel_a));
        result_b += read_residual(at(uniforms.residual, pixel, channel_b));
    }
    write_output(at(uniforms.output, pixel, channel_a), activate(result_a, uniforms.bounds));
    write_output(at(uniforms.output, pixel, channel_b), activate(result_b, uniforms.bounds));
}
