// Columns of the rows that the windows of a row of output pixels read.

// The row under a row of the windows.
struct Row {
    // Index of the first quad under the first window's left edge.
    index: u32,
    inside: bool,
}

fn row_of(corner: Corner, tap_y: u32) -> Row {
    let tap = tap_of(tap_y, 0u, uniforms.window, uniforms.input);
    return Row(corner.index + tap.quads, corner.top + tap.rows < uniforms.input.height);
}

// A quad of the pixel that is `x` columns right of the first window's left edge, or zero in the padding.
fn column_of(corner: Corner, row: Row, x: u32, quad: u32) -> vec4<f32> {
    let inside = row.inside & (corner.left + x < uniforms.input.width);
    let index = select(uniforms.input.offset, row.index + x * uniforms.input.pitch, inside);
    return select(vec4<f32>(), load(index + quad, quad), inside);
}
