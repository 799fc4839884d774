// Writes a quad of channels of a pixel of the batch, with what is computed behind the operation as data: a sum with
// another tensor, and a clamp.
fn store(x: vec4<f32>, pixel: u32, quad: u32) {
    var sum = x;
    if uniforms.has_residual != 0u {
        sum += read_residual(at(uniforms.residual, pixel, quad));
    }
    // The place is computed here and no earlier, so that compilers keep no registers for it across the branch.
    write_output(at(uniforms.output, pixel, quad), activate(sum, uniforms.bounds));
}
