// Rounds a quad to the nearest values of f16, ties to even, and clamps finite values to its range. WGSL leaves the rounding of
// a conversion to the device, and the result beyond the range too. On the bits of the f32, both are the same everywhere, and a
// compiler that assumes finite numbers changes nothing.
fn stored_f16(value: vec4<f32>) -> vec4<f32> {
    let bits = bitcast<vec4<u32>>(value);
    let magnitude = bits & vec4<u32>(0x7fffffffu);
    // From 65520 on, the nearest value of f16 is infinity.
    let beyond = magnitude >= vec4<u32>(0x477ff000u);
    let finite = magnitude < vec4<u32>(0x7f800000u);
    if any(beyond & finite) {
        atomicStore(&beyond_range, 1u);
    }
    // An f16 has 13 bits of the fraction less than an f32. Below its normal range, the conversion drops more of them.
    let nearest = (magnitude + vec4<u32>(0xfffu) + ((bits >> vec4<u32>(13u)) & vec4<u32>(1u))) & vec4<u32>(0xffffe000u);
    let clamped = min(nearest, vec4<u32>(0x477fe000u));
    // Infinity and NaN stay.
    let kept = select(magnitude, clamped, finite);
    return bitcast<vec4<f32>>(kept | (bits & vec4<u32>(0x80000000u)));
}

// The same as two words of a buffer.
fn packed_f16(value: vec4<f32>) -> vec2<u32> {
    let stored = stored_f16(value);
    return vec2<u32>(pack2x16float(stored.xy), pack2x16float(stored.zw));
}
