// In front of every shader: what the host says of tensors, windows and activations, and how to find one's
// way in a tensor. The host's side of the structs is src/kernels/uniforms.rs.

// A tensor's extents for one image, and its place in its slot.
struct View {
    height: u32,
    width: u32,
    pixels: u32,
    channels: u32,
    groups: u32,
    pitch: u32,
    offset: u32,
    batch: u32,
}

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

// The interval that an activation clamps to.
struct Bounds {
    low: f32,
    high: f32,
    reserved_0: u32,
    reserved_1: u32,
}

// A group of channels of a pixel.
struct Place {
    image: u32,
    y: u32,
    x: u32,
    // Number of the pixel in the batch.
    pixel: u32,
    group: u32,
}

// Number of an invocation: a dispatch goes on along y where x is not long enough.
fn item_of(id: vec3<u32>, workgroups: vec3<u32>) -> u32 {
    return id.x + id.y * workgroups.x * WORKGROUP_SIZE;
}

// The place of `item` where each stands for a group of a pixel, groups first.
fn place_of(item: u32, view: View) -> Place {
    let pixel = item / view.groups;
    let row = pixel / view.width;
    return Place(row / view.height, row % view.height, pixel % view.width, pixel, item % view.groups);
}

// Number of a pixel in the batch.
fn pixel_of(view: View, image: u32, y: u32, x: u32) -> u32 {
    return (image * view.height + y) * view.width + x;
}

// Index of a group of a pixel.
fn at(view: View, pixel: u32, group: u32) -> u32 {
    return pixel * view.pitch + view.offset + group;
}

// Where the window of an output pixel begins in the input: row and column of the image, which may lie in the
// padding, and the rows of the images before it.
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

// A pixel of the input that a window sees: its number in the batch, or in the padding the nearest one's.
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

fn activate(x: vec4<f32>, bounds: Bounds) -> vec4<f32> {
    return clamp(x, vec4<f32>(bounds.low), vec4<f32>(bounds.high));
}
