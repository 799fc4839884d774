// A photo as a card: moved, turned, with a white border.

struct Placement {
    // Pixels of what it is drawn on.
    target_size: vec2<f32>,
    centre: vec2<f32>,
    // Half of the photo's width and height, without its border.
    half_size: vec2<f32>,
    border: f32,
    // Radians, clockwise.
    angle: f32,
    opacity: f32,
}

struct Corner {
    @builtin(position) position: vec4<f32>,
    // Pixels from the centre, before turning.
    @location(0) offset: vec2<f32>,
}

@group(0) @binding(0) var<uniform> placement: Placement;
@group(0) @binding(1) var photo: texture_2d<f32>;
@group(0) @binding(2) var photo_sampler: sampler;

// Wide enough for the shadow.
const SHADOW = 14.0;

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Corner {
    let corner = vec2(f32(index & 1u), f32(index >> 1u)) * 2.0 - 1.0;
    let offset = corner * (placement.half_size + placement.border + SHADOW);
    let cosine = cos(placement.angle);
    let sine = sin(placement.angle);
    let turned = vec2(cosine * offset.x - sine * offset.y, sine * offset.x + cosine * offset.y);
    let place = (placement.centre + turned) / placement.target_size * 2.0 - 1.0;
    return Corner(vec4(place.x, -place.y, 0.0, 1.0), offset);
}

@fragment
fn fragment(corner: Corner) -> @location(0) vec4<f32> {
    let beyond = abs(corner.offset) - placement.half_size;
    let outside = max(beyond.x, beyond.y);
    let texel = textureSample(photo, photo_sampler, corner.offset / placement.half_size * 0.5 + 0.5).rgb;
    let card = mix(texel, vec3(0.97), smoothstep(-0.5, 0.5, outside));
    let past = outside - placement.border;
    let shadow = select(0.0, 0.35 * pow(saturate(1.0 - past / SHADOW), 2.0), placement.border > 0.0);
    let edge = smoothstep(-0.5, 0.5, past);
    return vec4(mix(card, vec3(0.0), edge), placement.opacity * mix(1.0, shadow, edge));
}
