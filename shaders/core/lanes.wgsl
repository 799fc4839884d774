// Products of a quad of channels.

// `sum` plus the products of four values with their rows of weights.
fn products(
    sum: vec4<f32>,
    values: vec4<f32>,
    x: vec4<f32>,
    y: vec4<f32>,
    z: vec4<f32>,
    w: vec4<f32>,
) -> vec4<f32> {
    var products = fma(vec4<f32>(values.x), x, sum);
    products = fma(vec4<f32>(values.y), y, products);
    products = fma(vec4<f32>(values.z), z, products);
    return fma(vec4<f32>(values.w), w, products);
}
