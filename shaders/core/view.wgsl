// A tensor, as the host encodes it (src/kernels/uniforms.rs), and its indexing.

// Extents of a tensor for one image, and its place in the binding.
struct View {
    height: u32,
    width: u32,
    pixels: u32,
    channels: u32,
    quads: u32,
    pitch: u32,
    offset: u32,
    batch: u32,
}

// A quad of channels of a pixel.
struct Place {
    image: u32,
    y: u32,
    x: u32,
    // Number of the pixel in the batch.
    pixel: u32,
    quad: u32,
}

// The place of number `item`, if items count the quads of all pixels, quads first.
fn place_of(item: u32, view: View) -> Place {
    let pixel = item / view.quads;
    let row = pixel / view.width;
    return Place(row / view.height, row % view.height, pixel % view.width, pixel, item % view.quads);
}

// Number of a pixel in the batch.
fn pixel_of(view: View, image: u32, y: u32, x: u32) -> u32 {
    return (image * view.height + y) * view.width + x;
}

// Index of a quad of a pixel.
fn at(view: View, pixel: u32, quad: u32) -> u32 {
    return pixel * view.pitch + view.offset + quad;
}
