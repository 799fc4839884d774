// The two cells of a map's axis around a position, and the weight of the second one.
struct Between {
    first: u32,
    second: u32,
    share: f32,
}

fn between(place: f32, cells: u32) -> Between {
    let last = cells - 1u;
    let inside = clamp(place, 0.0, f32(last));
    let cell = u32(inside);
    return Between(cell, min(cell + 1u, last), inside - f32(cell));
}
