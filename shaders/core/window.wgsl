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

// The first row and column of the window of an output pixel, which may be in the padding, and the number of rows of the
// images before it.
struct Corner {
    top: i32,
    left: i32,
    rows_before: u32,
}

// The corner of the window of a pixel of the batch.
fn corner_of(pixel: u32, window: Window, input: View, output: View) -> Corner {
    let row = pixel / output.width;
    return Corner(
        i32(row % output.height * window.stride_y) - i32(window.padding_top),
        i32(pixel % output.width * window.stride_x) - i32(window.padding_left),
        row / output.height * input.height,
    );
}

// Number, in the batch, of the input pixel under a tap. In the padding it is the number of the nearest pixel.
struct Tap {
    pixel: u32,
    inside: bool,
}

// The tap of a window's row and column.
fn tap_of(corner: Corner, tap_y: u32, tap_x: u32, window: Window, input: View) -> Tap {
    let y = corner.top + i32(tap_y * window.dilation_y);
    let x = corner.left + i32(tap_x * window.dilation_x);
    let row = corner.rows_before + u32(clamp(y, 0, i32(input.height) - 1));
    let column = u32(clamp(x, 0, i32(input.width) - 1));
    let inside = y >= 0 && y < i32(input.height) && x >= 0 && x < i32(input.width);
    return Tap(row * input.width + column, inside);
}
