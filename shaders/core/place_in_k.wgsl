// A place in K: a quad of input channels of a tap. Beyond the last one, the tap is below the window.
struct PlaceInK {
    quad: u32,
    tap_x: u32,
    tap_y: u32,
}

// Place number `number` in K: all quads of a tap come before those of the next tap.
fn place_in_k(number: u32) -> PlaceInK {
    let tap = number / uniforms.in_quads;
    let tap_y = tap / uniforms.window.kernel_width;
    return PlaceInK(number - tap * uniforms.in_quads, tap - tap_y * uniforms.window.kernel_width, tap_y);
}

// The place whose number is the sum of those of two places. It takes no division and no branch.
fn advance(place: PlaceInK, step: PlaceInK) -> PlaceInK {
    let quad = place.quad + step.quad;
    let is_next_tap = quad >= uniforms.in_quads;
    let tap_x = place.tap_x + step.tap_x + u32(is_next_tap);
    let is_next_row = tap_x >= uniforms.window.kernel_width;
    return PlaceInK(
        quad - select(0u, uniforms.in_quads, is_next_tap),
        tap_x - select(0u, uniforms.window.kernel_width, is_next_row),
        place.tap_y + step.tap_y + u32(is_next_row),
    );
}
