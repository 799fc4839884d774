//! Image files one after the other in one sequence of bytes, as `cat a.png b.jpg` writes them.

use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use super::Source;
use super::decode::{begins_image, whole};
use super::end_of_image::end_of_image;
use crate::error::Result;

/// The images of a sequence of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Piped {
    /// The images in their order. If there is only one, its name is `-`, else `-:1`, `-:2` and so on.
    pub sources: Vec<Source>,
    /// The number of bytes after the last image that are no image.
    pub left_over: usize,
}

/// One of the images of [`Piped`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipedImage {
    bytes: Arc<Vec<u8>>,
    range: Range<usize>,
    /// Its number from 1 on, if there are several.
    number: Option<usize>,
}

impl PipedImage {
    /// The bytes of the image file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[self.range.clone()]
    }

    /// Its number from 1 on, if there are several images.
    pub fn number(&self) -> Option<usize> {
        self.number
    }
}

impl Piped {
    /// Reads all images of `reader`, such as standard input.
    ///
    /// The ends of BMP, Farbfeld, GIF, JPEG, PNG, QOI, WebP and binary PNM files are in their bytes. A file of another format ends
    /// with the last byte. Bytes that no decoder knows are one image, so that its decoding tells what they are.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the bytes cannot be read, and
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if they are longer than 512 MiB.
    pub fn read(reader: impl Read) -> Result<Self> {
        let bytes = Arc::new(whole(reader)?);
        let (ranges, left_over) = divide(&bytes);
        let is_only_one = ranges.len() == 1;
        let sources = ranges.into_iter().enumerate().map(|(index, range)| {
            Source::Piped(PipedImage {
                bytes: Arc::clone(&bytes),
                range,
                number: (!is_only_one).then_some(index + 1),
            })
        });
        Ok(Self {
            sources: sources.collect(),
            left_over,
        })
    }
}

/// The images in `bytes`, at least one, and the number of bytes after them.
fn divide(bytes: &[u8]) -> (Vec<Range<usize>>, usize) {
    let mut images = Vec::new();
    let mut start = 0;
    loop {
        let rest = &bytes[start..];
        let length = end_of_image(rest).unwrap_or(rest.len());
        images.push(start..start + length);
        start += length;
        if start == bytes.len() {
            return (images, 0);
        }
        if !begins_image(&bytes[start..]) {
            return (images, bytes.len() - start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, ImageFormat};
    use std::io::Cursor;

    fn encoded(width: u32, format: ImageFormat) -> Vec<u8> {
        if format == ImageFormat::Gif {
            // A pixel on a canvas.
            let canvas = [
                &b"GIF89a"[..],
                &[width as u8, 0, 9, 0, 0x80, 0, 0, 1, 2, 3, 4, 5, 6],
            ];
            let pixel = b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;";
            return [&canvas.concat()[..], pixel].concat();
        }
        if format == ImageFormat::Pnm {
            // The encoder writes PAM.
            return format!("P6 {width} 9 255\n{}", "x".repeat(27 * width as usize)).into();
        }
        let picture = match format {
            ImageFormat::Farbfeld => DynamicImage::new_rgba16(width, 9),
            _ => DynamicImage::new_rgb8(width, 9),
        };
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn every_image_is_found_and_the_rest_is_counted() {
        use ImageFormat::{Bmp, Farbfeld, Gif, Jpeg, Png, Pnm, Qoi, Tiff, WebP};
        let formats = [Jpeg, Png, Gif, Bmp, WebP, Pnm, Qoi, Farbfeld, Jpeg, Tiff];
        let images = (1..)
            .zip(formats)
            .map(|(width, format)| encoded(width, format));
        let images: Vec<Vec<u8>> = images.collect();
        let piped = Piped::read(&*images.concat()).unwrap();
        assert_eq!((piped.sources.len(), piped.left_over), (images.len(), 0));
        for (index, source) in piped.sources.iter().enumerate() {
            assert_eq!(source.open().unwrap().width(), index + 1);
            assert_eq!(source.to_string(), format!("-:{}", index + 1));
        }
        let one = [&images[0][..], b"a trailer"].concat();
        let piped = Piped::read(&*one).unwrap();
        assert_eq!((piped.sources.len(), piped.left_over), (1, 9));
        assert_eq!(piped.sources[0].to_string(), "-");
    }

    #[test]
    fn bytes_that_are_no_image_or_a_part_of_one_stay_one_source() {
        let png = encoded(3, ImageFormat::Png);
        for bytes in [
            &b""[..],
            b"no image",
            &png[..png.len() / 2],
            b"\xff\xd8",
            b"GIF89a",
        ] {
            let piped = Piped::read(bytes).unwrap();
            assert_eq!((piped.sources.len(), piped.left_over), (1, 0));
            assert!(piped.sources[0].open().is_err());
        }
    }

    #[test]
    fn a_cut_jpeg_does_not_hide_the_next_one() {
        let jpeg = encoded(200, ImageFormat::Jpeg);
        let both = [&jpeg[..jpeg.len() - 20], &jpeg].concat();
        let piped = Piped::read(&*both).unwrap();
        assert_eq!(piped.sources.len(), 2);
        assert!(piped.sources[1].open().is_ok());
    }
}
