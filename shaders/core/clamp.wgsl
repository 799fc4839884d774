// Activations that are clamps, as the host describes them (src/kernels/uniforms.rs).

// The interval that an activation clamps to.
struct Bounds {
    low: f32,
    high: f32,
    reserved_0: u32,
    reserved_1: u32,
}

fn activate(x: vec4<f32>, bounds: Bounds) -> vec4<f32> {
    return clamp(x, vec4<f32>(bounds.low), vec4<f32>(bounds.high));
}
