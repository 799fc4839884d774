// The picture, as large as the window, on its way there, with the heat map over what the network looks at.

struct Heat {
    // Left, top, width, height, in fractions of the picture.
    rectangle: vec4<f32>,
    // 0 hides it.
    opacity: f32,
}

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) at: vec2<f32>,
}

@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var heat_map: texture_2d<f32>;
@group(0) @binding(2) var smooth_sampler: sampler;
@group(0) @binding(3) var<uniform> heat: Heat;

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Corner {
    // One triangle that covers everything.
    let corner = vec2(f32(index & 1u), f32(index >> 1u)) * 2.0;
    return Corner(vec4(corner.x * 2.0 - 1.0, 1.0 - corner.y * 2.0, 0.0, 1.0), corner);
}

// Dark violet over red to yellow.
fn glow(value: f32) -> vec3<f32> {
    return vec3(
        smoothstep(0.0, 0.55, value),
        smoothstep(0.35, 1.0, value) * 0.92,
        0.45 * smoothstep(0.0, 0.3, value) * smoothstep(0.75, 0.3, value) + 0.25 * smoothstep(0.8, 1.0, value),
    );
}

@fragment
fn fragment(corner: Corner) -> @location(0) vec4<f32> {
    let colour = textureLoad(picture, vec2<u32>(corner.position.xy), 0).rgb;
    let place = (corner.at - heat.rectangle.xy) / heat.rectangle.zw;
    if heat.opacity == 0.0 || any(place < vec2(0.0)) || any(place > vec2(1.0)) {
        return vec4(colour, 1.0);
    }
    let value = textureSampleLevel(heat_map, smooth_sampler, place, 0.0).r;
    return vec4(mix(colour, glow(value), heat.opacity * (0.12 + 0.88 * value)), 1.0);
}
