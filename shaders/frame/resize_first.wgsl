// The first of two passes that resize an application's texture, along one axis. Each result is a weighted sum of 8-bit
// sRGB pixels in fixed point (src/preprocess/filter.rs), rounded to 8 bits.

// From linear light to sRGB (IEC 61966-2-1).
fn encoded(light: vec3<f32>) -> vec3<f32> {
    let low = light * 12.92;
    let high = 1.055 * pow(light, vec3<f32>(1.0 / 2.4)) - 0.055;
    return select(high, low, light <= vec3<f32>(0.0031308));
}

// The values of a pixel, 0 to 255, in the order of the network's channels. A gray pixel has only the first one.
fn pixel_at(place: vec2<u32>) -> vec3<i32> {
    var colour = clamp(read_image(place).rgb, vec3<f32>(0.0), vec3<f32>(1.0));
    if uniforms.linear == 1u {
        colour = encoded(colour);
    }
    let rgb = vec3<i32>(floor(colour * 255.0 + 0.5));
    if uniforms.gray == 1u {
        return vec3<i32>((rgb.r * 19595 + rgb.g * 38470 + rgb.b * 7471 + 0x8000) >> 16u, 0, 0);
    }
    return select(rgb, rgb.bgr, uniforms.blue_first == 1u);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let place = vec2<u32>(item % uniforms.width, item / uniforms.width);
    let down = uniforms.down == 1u;
    let header = HEADER * select(place.x, place.y, down);
    let first = u32(read_taps(header));
    let weights = u32(read_taps(header + 1u));
    let count = u32(read_taps(header + 2u));
    let step = select(vec2<u32>(1u, 0u), vec2<u32>(0u, 1u), down);
    let begin = vec2<u32>(uniforms.origin_x, uniforms.origin_y) + select(
        vec2<u32>(first, place.y),
        vec2<u32>(place.x, first),
        down,
    );
    var sums = vec3<i32>(1 << (FRACTION_BITS - 1u));
    for (var tap = 0u; tap < count; tap++) {
        sums += pixel_at(begin + tap * step) * read_taps(weights + tap);
    }
    let value = clamp(sums >> vec3<u32>(FRACTION_BITS), vec3<i32>(0), vec3<i32>(255));
    write_output(item, vec4<f32>(vec3<f32>(value), 0.0));
}
