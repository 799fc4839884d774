//! The image file that a command writes.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{DynamicImage, GrayImage, ImageFormat, RgbImage};
use menagerie::photo::Source;
use menagerie::{Error, ErrorKind, Network, Photo, Result, atomic_write};

use super::apart;

/// The lossless formats.
const LOSSLESS: [ImageFormat; 4] = [
    ImageFormat::Bmp,
    ImageFormat::Png,
    ImageFormat::Tiff,
    ImageFormat::WebP,
];

/// The colours that a format must store.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// Those of a mask or of classes, whose edges must stay sharp.
    OfClasses,
    /// Those of a photo.
    All,
}

/// An image file that will be written.
pub struct PictureFile {
    path: PathBuf,
    format: ImageFormat,
}

impl PictureFile {
    /// An image of `colours` at `path` that is made from `photo`. The extension determines the format.
    ///
    /// # Errors
    /// `ErrorKind::Input` if the format does not fit, those of `apart::check`.
    pub fn new(path: &Path, colours: Colours, photo: &Source) -> Result<Self> {
        let refused =
            |what: &str| Error::new(ErrorKind::Input, format!("{}: {what}", path.display()));
        let format = format(path, colours).map_err(refused)?;
        apart::check(path, apart::photos(std::slice::from_ref(photo)))?;
        Ok(Self {
            path: path.to_path_buf(),
            format,
        })
    }

    /// Checks that it is none of the files of `network`.
    ///
    /// # Errors
    /// `ErrorKind::Input` if it is one.
    pub fn check(&self, network: &Network) -> Result<()> {
        apart::check_run(&self.path, network, &[])
    }

    /// Writes `photo` completely or not at all.
    ///
    /// # Errors
    /// `ErrorKind::Input` if it is too large for the format, `ErrorKind::Io` if the file cannot be written.
    pub fn write_photo(&self, photo: Photo) -> Result<()> {
        let size = [photo.width(), photo.height()].map(|side| side as u32);
        self.write_image(RgbImage::from_raw(size[0], size[1], photo.into_rgb()))
    }

    /// Writes a grey image of `size`, width first, with a byte for each pixel, completely or not at all.
    ///
    /// # Errors
    /// `ErrorKind::Input` if it is too large for the format, `ErrorKind::Io` if the file cannot be written.
    pub fn write_gray(&self, size: [usize; 2], levels: Vec<u8>) -> Result<()> {
        let [width, height] = size.map(|side| side as u32);
        self.write_image(GrayImage::from_raw(width, height, levels))
    }

    /// Writes `picture` completely or not at all.
    ///
    /// # Errors
    /// `ErrorKind::Input` if it is too large for the format, `ErrorKind::Io` if the file cannot be written.
    fn write_image(&self, picture: Option<impl Into<DynamicImage>>) -> Result<()> {
        // The number of bytes always matches the size.
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

/// The format of the extension of `path`, or the reason why it cannot store `colours`.
fn format(path: &Path, colours: Colours) -> Result<ImageFormat, &'static str> {
    match (ImageFormat::from_path(path).ok(), colours) {
        (Some(format), _) if LOSSLESS.contains(&format) => Ok(format),
        (Some(ImageFormat::Jpeg), Colours::All) => Ok(ImageFormat::Jpeg),
        (Some(ImageFormat::Jpeg), Colours::OfClasses) => {
            Err("JPEG would blur the mask; use BMP, PNG, TIFF or WebP")
        }
        (_, Colours::OfClasses) => {
            Err("unknown file extension; a mask can be BMP, PNG, TIFF or WebP")
        }
        (_, Colours::All) => {
            Err("unknown file extension; an image can be BMP, JPEG, PNG, TIFF or WebP")
        }
    }
}
