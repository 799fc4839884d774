// What is computed between two convolutions of each quad of the first one. This version is a clamp.
fn between(x: vec4<f32>) -> vec4<f32> {
    return activate(x, uniforms.between);
}
