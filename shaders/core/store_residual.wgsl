// Writes a quad of channels of a pixel of the batch. The epilogue is a sum with another tensor, and a clamp.
fn store(x: vec4<f32>, pixel: u32, quad: u32) {
    var sum = x;
    if uniforms.has_residual != 0u {
        sum += read_residual(at(uniforms.residual, pixel, quad));
    }
    // The index is computed here and not earlier, so that compilers need no register for it across the branch.
    write_output(at(uniforms.output, pixel, quad), activate(sum, uniforms.bounds));
}
