// Writes a group of channels of a pixel of the batch, with what is computed behind the operation.
fn store(x: vec4<f32>, pixel: u32, group: u32) {
    write_output(at(uniforms.output, pixel, group), finish(x, pixel, group));
}
