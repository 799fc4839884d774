//! What there is to see.

use std::path::{Path, PathBuf};

use image::RgbaImage;
use image::imageops::{self, FilterType};
use menagerie::{Error, ErrorKind, Result};

/// Pictures side by side, each of `size` pixels.
///
/// # Errors
/// Where a file is missing, or is no picture.
pub fn side_by_side(paths: &[PathBuf], [width, height]: [u32; 2]) -> Result<RgbaImage> {
    let mut scene = RgbaImage::new(width * paths.len() as u32, height);
    for (index, path) in (0..).zip(paths) {
        let picture = open(path)?.resize_to_fill(width, height, FilterType::Triangle);
        imageops::replace(&mut scene, &picture.to_rgba8(), index * i64::from(width), 0);
    }
    Ok(scene)
}

fn open(path: &Path) -> Result<image::DynamicImage> {
    image::open(path)
        .map_err(|error| Error::new(ErrorKind::Io, error.to_string()).in_context(path.display()))
}
