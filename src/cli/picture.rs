//! The picture that a command makes of a photo.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{DynamicImage, GrayImage, ImageFormat, RgbImage};
use menagerie::photo::Source;
use menagerie::{Error, ErrorKind, Photo, Result, atomic_write};

/// Formats that give back what they were given.
const LOSSLESS: [ImageFormat; 4] = [
    ImageFormat::Bmp,
    ImageFormat::Png,
    ImageFormat::Tiff,
    ImageFormat::WebP,
];

/// What a format must be able to hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// A mask, whose edges must stay as they are.
    BlackAndWhite,
    /// A photo.
    All,
}

/// A picture file yet to be written.
pub struct PictureFile {
    path: PathBuf,
    format: ImageFormat,
}

impl PictureFile {
    /// A picture of `colours` at `path`, in the format that the name's ending says, made of `photo`.
    ///
    /// # Errors
    /// `ErrorKind::Input` where that is no format for it, or the photo's own file; those of `atomic_write::check`.
    pub fn new(path: &Path, colours: Colours, photo: &Source) -> Result<Self> {
        let refused =
            |what: &str| Error::new(ErrorKind::Input, format!("{}: {what}", path.display()));
        let format = format(path, colours).map_err(refused)?;
        atomic_write::check(path)?;
        if is_at(photo, path) {
            return Err(refused("is the photo itself; name another file"));
        }
        Ok(Self {
            path: path.to_path_buf(),
            format,
        })
    }

    /// Writes `photo`, whole or not at all.
    ///
    /// # Errors
    /// `ErrorKind::Input` where it is too large for the format, `ErrorKind::Io` where the file cannot be written.
    pub fn write_photo(&self, photo: Photo) -> Result<()> {
        let size = [photo.width(), photo.height()].map(|side| side as u32);
        self.write_image(RgbImage::from_raw(size[0], size[1], photo.into_rgb()))
    }

    /// Writes a picture of `size`, width first, with a byte for each pixel from black to white, whole or not at all.
    ///
    /// # Errors
    /// `ErrorKind::Input` where it is too large for the format, `ErrorKind::Io` where the file cannot be written.
    pub fn write_gray(&self, size: [usize; 2], levels: Vec<u8>) -> Result<()> {
        let [width, height] = size.map(|side| side as u32);
        self.write_image(GrayImage::from_raw(width, height, levels))
    }

    /// Writes `picture`, whole or not at all.
    ///
    /// # Errors
    /// `ErrorKind::Input` where it is too large for the format, `ErrorKind::Io` where the file cannot be
    /// written.
    fn write_image(&self, picture: Option<impl Into<DynamicImage>>) -> Result<()> {
        // As many bytes as its size says.
        let picture: DynamicImage = picture.map(Into::into).unwrap_or_default();
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, self.format).map_err(|error| {
            Error::new(
                ErrorKind::Input,
                format!("{}: cannot be encoded: {error}", self.path.display()),
            )
        })?;
        atomic_write::write(&self.path, bytes.get_ref())
    }
}

/// Whether writing to `path` would overwrite the photo: whoever mistypes a name must not lose one.
fn is_at(photo: &Source, path: &Path) -> bool {
    let Source::File(photo) = photo else {
        return false;
    };
    match (fs::canonicalize(photo), fs::canonicalize(path)) {
        (Ok(photo), Ok(path)) => photo == path,
        _ => false,
    }
}

/// The format that the ending of `path` says, or why a picture of `colours` cannot be in it.
fn format(path: &Path, colours: Colours) -> Result<ImageFormat, &'static str> {
    match (ImageFormat::from_path(path).ok(), colours) {
        (Some(format), _) if LOSSLESS.contains(&format) => Ok(format),
        (Some(ImageFormat::Jpeg), Colours::All) => Ok(ImageFormat::Jpeg),
        (Some(ImageFormat::Jpeg), Colours::BlackAndWhite) => {
            Err("JPEG would blur the mask; BMP, PNG, TIFF and WebP keep it")
        }
        (_, Colours::BlackAndWhite) => {
            Err("its name ends in no format for masks (BMP, PNG, TIFF and WebP are known)")
        }
        (_, Colours::All) => {
            Err("its name ends in no format for photos (BMP, JPEG, PNG, TIFF and WebP are known)")
        }
    }
}
