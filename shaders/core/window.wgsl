// A sliding window, as the host encodes it (src/kernels/uniforms.rs), and the pixels that it covers.

// A sliding window.
struct Window {
    kernel_height: u32,
    kernel_width: u32,
    stride_y: u32,
    stride_x: u32,
    dilation_y: u32,
    dilation_x: u32,
    padding_top: u32,
    padding_left: u32,
    padding_bottom: u32,
    padding_right: u32,
    reserved_0: u32,
    reserved_1: u32,
}

// The window of an output pixel. In the padding its row, column and index wrap around.
struct Corner {
    // The row and the column of its first tap.
    top: u32,
    left: u32,
    // Index of the first quad under its first tap.
    index: u32,
    // The image of the batch.
    image: u32,
}

// The window of a pixel of the batch.
fn corner_of(pixel: u32, window: Window, input: View, output: View) -> Corner {
    let row = pixel / output.width;
    return corner_at(row, pixel - row * output.width, window, input, output);
}

// The window of a pixel of the batch, whose rows are counted through all images.
fn corner_at(row: u32, column: u32, window: Window, input: View, output: View) -> Corner {
    let image = row / output.height;
    let top = (row - image * output.height) * window.stride_y - window.padding_top;
    let left = column * window.stride_x - window.padding_left;
    let index = at(input, (image * input.height + top) * input.width + left, 0u);
    return Corner(top, left, index, image);
}

// The window that is `columns` columns right of another one in the input.
fn beside(corner: Corner, columns: u32, input: View) -> Corner {
    return Corner(corner.top, corner.left + columns, corner.index + columns * input.pitch, corner.image);
}

// A tap, counted from the corner of any window.
struct Tap {
    rows: u32,
    columns: u32,
    quads: u32,
}

// The tap of a window's row and column.
fn tap_of(tap_y: u32, tap_x: u32, window: Window, input: View) -> Tap {
    let rows = tap_y * window.dilation_y;
    let columns = tap_x * window.dilation_x;
    return Tap(rows, columns, (rows * input.width + columns) * input.pitch);
}

// Whether a tap is inside the image. What has wrapped around is beyond every row and column.
fn is_inside(corner: Corner, tap: Tap, input: View) -> bool {
    return (corner.top + tap.rows < input.height) & (corner.left + tap.columns < input.width);
}

// Index of the first quad under a tap. In the padding it is the first quad of the tensor.
fn index_under(corner: Corner, tap: Tap, inside: bool, input: View) -> u32 {
    return select(input.offset, corner.index + tap.quads, inside);
}
