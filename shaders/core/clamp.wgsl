// Clamps, as the host encodes them (src/kernels/uniforms.rs).

// The bounds of a clamp.
struct Bounds {
    low: f32,
    high: f32,
    reserved_0: u32,
    reserved_1: u32,
}

fn activate(x: vec4<f32>, bounds: Bounds) -> vec4<f32> {
    return clamp(x, vec4<f32>(bounds.low), vec4<f32>(bounds.high));
}
