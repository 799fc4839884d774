// Functions that WGSL lacks, or that overflow on some devices.

// e^x from 2^-126 to 2^127, to a unit in the last place. WGSL lets `exp` be off by 3 + 2|x| units. Adapters are off in one
// direction, so the errors of a network's gates add up. The polynomial is that of Cephes (Moshier 1989, `expf`).
fn exact_exp(x: vec4<f32>) -> vec4<f32> {
    let bounded = clamp(x, vec4<f32>(-87.0), vec4<f32>(88.0));
    let power = round(bounded * 1.44269504);
    // ln 2 in two parts. The product with the first one is exact.
    let rest = bounded - power * 0.693359375 + power * 2.12194440e-4;
    var sum = rest * 1.9875691e-4 + 1.3981999e-3;
    sum = sum * rest + 8.3334519e-3;
    sum = sum * rest + 4.1665796e-2;
    sum = sum * rest + 1.6666665e-1;
    sum = sum * rest + 0.5;
    let fraction = sum * rest * rest + rest + 1.0;
    return fraction * bitcast<vec4<f32>>((vec4<i32>(power) + vec4<i32>(127)) << vec4<u32>(23u));
}

fn sigmoid(x: vec4<f32>) -> vec4<f32> {
    return 1.0 / (1.0 + exact_exp(-x));
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
