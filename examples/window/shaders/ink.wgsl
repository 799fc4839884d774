// Letters and rounded rectangles.

struct Stroke {
    // Left, top, width, height in pixels.
    @location(0) rectangle: vec4<f32>,
    // The same in texels of the font; a white texel for what is no letter.
    @location(1) texels: vec4<f32>,
    @location(2) colour: vec4<f32>,
    // Radius of the corners in pixels.
    @location(3) corner: f32,
}

struct Inked {
    @builtin(position) position: vec4<f32>,
    @location(0) texel: vec2<f32>,
    // Pixels from the middle.
    @location(1) offset: vec2<f32>,
    @location(2) @interpolate(flat) half_size: vec2<f32>,
    @location(3) @interpolate(flat) colour: vec4<f32>,
    @location(4) @interpolate(flat) corner: f32,
}

@group(0) @binding(0) var<uniform> target_size: vec2<f32>;
@group(0) @binding(1) var font: texture_2d<f32>;

@vertex
fn vertex(@builtin(vertex_index) index: u32, stroke: Stroke) -> Inked {
    let corner = vec2(f32(index & 1u), f32(index >> 1u));
    let place = (stroke.rectangle.xy + corner * stroke.rectangle.zw) / target_size * 2.0 - 1.0;
    return Inked(
        vec4(place.x, -place.y, 0.0, 1.0),
        stroke.texels.xy + corner * stroke.texels.zw,
        (corner - 0.5) * stroke.rectangle.zw,
        stroke.rectangle.zw * 0.5,
        stroke.colour,
        stroke.corner,
    );
}

@fragment
fn fragment(inked: Inked) -> @location(0) vec4<f32> {
    let letter = textureLoad(font, vec2<u32>(inked.texel), 0).r;
    // Distance to a rectangle with round corners.
    let beyond = abs(inked.offset) - inked.half_size + inked.corner;
    let outside = length(max(beyond, vec2(0.0))) + min(max(beyond.x, beyond.y), 0.0) - inked.corner;
    let covered = select(1.0, saturate(0.5 - outside), inked.corner > 0.0);
    return vec4(inked.colour.rgb, inked.colour.a * letter * covered);
}
