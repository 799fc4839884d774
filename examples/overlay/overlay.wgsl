// The picture, the heat map over it, and the label at its lower edge.

struct Corner {
    @builtin(position) position: vec4<f32>,
    // (0, 0) in the upper left corner of the picture, (1, 1) in the lower right one.
    @location(0) place: vec2<f32>,
}

@group(0) @binding(0) var linear: sampler;
@group(0) @binding(1) var picture: texture_2d<f32>;
@group(0) @binding(2) var heat: texture_2d<f32>;
@group(0) @binding(3) var label: texture_2d<f32>;

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Corner {
    // One triangle that covers the viewport.
    let place = vec2(f32(index & 1u), f32(index >> 1u)) * 2.0;
    return Corner(vec4(place.x * 2.0 - 1.0, 1.0 - place.y * 2.0, 0.0, 1.0), place);
}

@fragment
fn fragment(corner: Corner) -> @location(0) vec4<f32> {
    var colour = textureSample(picture, linear, corner.place).rgb;
    // The map is transparent where the network does not look.
    let map = textureSample(heat, linear, corner.place);
    colour = mix(colour, map.rgb, 0.5 * map.a);

    let height = f32(textureDimensions(label).y) / f32(textureDimensions(picture).y);
    let place = vec2(corner.place.x, 1.0 - (1.0 - corner.place.y) / height);
    let letter = textureSample(label, linear, place).r;
    if place.y >= 0.0 {
        colour = mix(0.1 * colour, vec3(1.0), letter);
    }
    return vec4(colour, 1.0);
}
