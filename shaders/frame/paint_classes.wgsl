// Paints the class of the highest score of each pixel into an application's texture (src/maps/best_classes.rs). Scores are
// interpolated between the map's pixels. Class 0, the background, and pixels outside the map are transparent black. One
// invocation computes one pixel of the picture.

fn score(class_number: u32, row: u32, column: u32) -> f32 {
    let pixel = uniforms.image * uniforms.input.pixels + row * uniforms.input.width + column;
    return read_input(at(uniforms.input, pixel, class_number / 4u))[class_number % 4u];
}

// As src/maps/class_colour.rs: the bits, from the lowest, are the highest bits of red, green and blue in turn.
fn colour_of(class_number: u32) -> vec4<f32> {
    var colour = vec3<u32>(0u);
    for (var bit = 0u; bit < 8u; bit++) {
        let bits = vec3<u32>(class_number >> (3u * bit)) >> vec3<u32>(0u, 1u, 2u);
        colour |= (bits & vec3<u32>(1u)) << vec3<u32>(7u - bit);
    }
    return vec4<f32>(vec3<f32>(colour) / 255.0, select(0.0, 1.0, class_number > 0u));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let place = vec2<u32>(item % uniforms.picture_width, item / uniforms.picture_width);
    let begin = vec2<u32>(uniforms.left, uniforms.top);
    let end = vec2<u32>(uniforms.right, uniforms.bottom);
    if any(place < begin) || any(place >= end) {
        write_canvas(place, vec4<f32>(0.0));
        return;
    }
    let down = between(uniforms.first_y + uniforms.step_y * f32(place.y), uniforms.input.height);
    let across = between(uniforms.first_x + uniforms.step_x * f32(place.x), uniforms.input.width);
    var best = 0u;
    var highest = -3.4028234e38;
    for (var class_number = 0u; class_number < uniforms.input.channels; class_number++) {
        let left = mix(score(class_number, down.first, across.first), score(class_number, down.second, across.first), down.share);
        let right = mix(score(class_number, down.first, across.second), score(class_number, down.second, across.second), down.share);
        let value = mix(left, right, across.share);
        if value > highest {
            best = class_number;
            highest = value;
        }
    }
    write_canvas(place, colour_of(best));
}
