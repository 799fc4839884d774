// Functions that WGSL lacks, or that overflow on some devices.

fn sigmoid(x: vec4<f32>) -> vec4<f32> {
    return 1.0 / (1.0 + exp(-x));
}

// Beyond 10 it is 1 in f32, and some devices return NaN for larger arguments.
fn tanh_of(x: vec4<f32>) -> vec4<f32> {
    return tanh(clamp(x, vec4<f32>(-10.0), vec4<f32>(10.0)));
}

// The error function, to 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26).
fn erf(x: vec4<f32>) -> vec4<f32> {
    let t = 1.0 / (1.0 + 0.3275911 * abs(x));
    let sum = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
    return sign(x) * (1.0 - sum * exp(-x * x));
}

// a^b. WGSL's own function has no result for a negative base.
fn power(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
    let size = select(pow(abs(a), b), vec4<f32>(1.0), b == vec4<f32>());
    // The sign of a negative base stays where the exponent is odd.
    let is_odd = fract(0.5 * b) != vec4<f32>();
    return select(size, -size, (a < vec4<f32>()) & is_odd);
}

// The quad `x` with the lanes beyond the last channel set to zero.
fn within_channels(x: vec4<f32>, quad: u32, channels: u32) -> vec4<f32> {
    let channel = vec4<u32>(4u * quad) + vec4<u32>(0u, 1u, 2u, 3u);
    return select(vec4<f32>(), x, channel < vec4<u32>(channels));
}
