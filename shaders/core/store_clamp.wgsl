// Writes a quad of channels of a pixel of the batch. The epilogue is a clamp.
fn store(x: vec4<f32>, pixel: u32, quad: u32) {
    store_at(at(uniforms.output, pixel, quad), x, pixel, quad);
}

// The same, for a caller who advances the index of the result from pixel to pixel.
fn store_at(index: u32, x: vec4<f32>, pixel: u32, quad: u32) {
    write_output(index, activate(x, uniforms.bounds));
}
