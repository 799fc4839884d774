// What is computed behind an operation, as data: a sum with another tensor, and a clamp.
fn finish(x: vec4<f32>, pixel: u32, quad: u32) -> vec4<f32> {
    var sum = x;
    if uniforms.has_residual != 0u {
        sum += read_residual(at(uniforms.residual, pixel, quad));
    }
    return activate(sum, uniforms.bounds);
}
