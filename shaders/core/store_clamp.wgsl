// Writes a quad of channels of a pixel of the batch. The epilogue is a clamp.
fn store(x: vec4<f32>, pixel: u32, quad: u32) {
    write_output(at(uniforms.output, pixel, quad), activate(x, uniforms.bounds));
}
