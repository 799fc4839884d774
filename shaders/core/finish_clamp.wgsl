// What is computed behind an operation, as data: a clamp.
fn finish(x: vec4<f32>, pixel: u32, quad: u32) -> vec4<f32> {
    return activate(x, uniforms.bounds);
}
