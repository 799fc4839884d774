// Paints a map of scores into an application's texture (src/maps/score_map.rs). Scores are interpolated between the
// map's pixels, and pixels outside the map are transparent black. One invocation computes one pixel of the picture.

fn score(row: u32, across: Between) -> f32 {
    let begin = row * uniforms.map_width;
    return mix(read_scores(begin + across.first), read_scores(begin + across.second), across.share);
}

// The value of a score, from 0 to 1.
fn value_of(score: f32) -> f32 {
    let lowest = read_range(0u);
    let highest = read_range(1u);
    let relative = clamp((score - lowest) / (highest - lowest), 0.0, 1.0);
    let value = select(0.0, relative, highest > lowest);
    let beyond = select(0.0, 1.0, value >= uniforms.threshold);
    return select(value, beyond, uniforms.has_threshold == 1u);
}

fn colour_at(index: u32) -> vec4<f32> {
    let first = 4u * index;
    return vec4<f32>(read_palette(first), read_palette(first + 1u), read_palette(first + 2u), read_palette(first + 3u));
}

fn colour_of(value: f32) -> vec4<f32> {
    let between = between(value * f32(uniforms.colours - 1u), uniforms.colours);
    return mix(colour_at(between.first), colour_at(between.second), between.share) / 255.0;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let place = vec2<u32>(item % uniforms.width, item / uniforms.width);
    let begin = vec2<u32>(uniforms.left, uniforms.top);
    let end = vec2<u32>(uniforms.right, uniforms.bottom);
    if any(place < begin) || any(place >= end) {
        write_canvas(place, vec4<f32>(0.0));
        return;
    }
    let down = between(uniforms.first_y + uniforms.step_y * f32(place.y), uniforms.map_height);
    let across = between(uniforms.first_x + uniforms.step_x * f32(place.x), uniforms.map_width);
    let interpolated = mix(score(down.first, across), score(down.second, across), down.share);
    write_canvas(place, colour_of(value_of(interpolated)));
}
