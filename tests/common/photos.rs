//! Photos of the checkout.

use std::path::Path;

use menagerie::Photo;

/// A decoded image file of the checkout: width and height, and three bytes a pixel.
pub fn pixels_of(path: &str) -> ([u32; 2], Vec<u8>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let image = image::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let image = image.into_rgb8();
    ([image.width(), image.height()], image.into_raw())
}

/// Decoded pixels as a photo.
pub fn photo(size: [u32; 2], rgb: Vec<u8>) -> Photo {
    let [width, height] = size.map(|side| side as usize);
    Photo::new(width, height, rgb).unwrap()
}
