// Columns of the rows that the windows of a row of output pixels read.

// A row of the input, or the nearest row if it is in the padding.
struct Row {
    // Number, in the batch, of its first pixel.
    pixel: u32,
    inside: bool,
}

// The row under a row of the windows.
fn row_of(corner: Corner, tap_y: u32) -> Row {
    let y = corner.top + i32(tap_y * uniforms.window.dilation_y);
    let nearest = u32(clamp(y, 0, i32(uniforms.input.height) - 1));
    let inside = y >= 0 && y < i32(uniforms.input.height);
    return Row((corner.rows_before + nearest) * uniforms.input.width, inside);
}

// A quad of the pixel that is `x` columns right of the first window's left edge, or zero in the padding.
fn column_of(corner: Corner, row: Row, x: u32, quad: u32) -> vec4<f32> {
    let left = corner.left + i32(x);
    let nearest = u32(clamp(left, 0, i32(uniforms.input.width) - 1));
    let inside = row.inside && left >= 0 && left < i32(uniforms.input.width);
    return select(vec4<f32>(), load(at(uniforms.input, row.pixel + nearest, quad), quad), inside);
}
