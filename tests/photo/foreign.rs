//! Files that are not decoded are named as what they are.

use menagerie::{ErrorKind, Photo};

use super::files::bytes;

/// Beginnings of files, and what the error calls them.
fn foreign() -> Vec<(Vec<u8>, &'static str)> {
    let jpeg = |marker: u8, precision: u8| {
        let mut file = bytes("444.jpg");
        let frame = file
            .windows(2)
            .position(|pair| pair == [0xff, 0xc0])
            .unwrap();
        file[frame + 1] = marker;
        file[frame + 4] = precision;
        file
    };
    let brands = |brands: &str| {
        let length = (8 + brands.len()) as u32;
        [&length.to_be_bytes(), "ftyp".as_bytes(), brands.as_bytes()].concat()
    };
    let mut dicom = vec![0; 128];
    dicom.extend(*b"DICM");
    vec![
        (
            brands("heic\0\0\0\0mif1heic"),
            "a HEIC image, which is not decoded; `heif-convert` of libheif converts it",
        ),
        (
            brands("mif1\0\0\0\0avifmiaf"),
            "an AVIF image, which is not decoded; `avifdec` of libavif converts it",
        ),
        (
            b"\0\0\0\x0cjP  \r\n\x87\n".to_vec(),
            "a JPEG 2000 image, which is not decoded; `opj_decompress` of OpenJPEG converts it",
        ),
        (
            b"\xff\x4f\xff\x51\0\x2f".to_vec(),
            "a JPEG 2000 image, which is not decoded; `opj_decompress` of OpenJPEG converts it",
        ),
        (
            b"\xff\x0a\x10\x10".to_vec(),
            "a JPEG XL image, which is not decoded; `djxl` of libjxl converts it",
        ),
        (
            b"\0\0\0\x0cJXL \r\n\x87\n".to_vec(),
            "a JPEG XL image, which is not decoded; `djxl` of libjxl converts it",
        ),
        (
            b"II\xbc\x01".to_vec(),
            "a JPEG XR image, which is not decoded; `JxrDecApp` of jxrlib converts it",
        ),
        (
            b"II*\0\x10\0\0\0CR\x02\0".to_vec(),
            "a raw photo of a camera, which is not decoded; `dcraw` or darktable converts it",
        ),
        (
            brands("crx \0\0\0\x01crx isom"),
            "a raw photo of a camera, which is not decoded; `dcraw` or darktable converts it",
        ),
        (
            b"8BPS\0\x01".to_vec(),
            "a Photoshop document, which is not decoded; ImageMagick converts it",
        ),
        (
            b"<?xml version=\"1.0\"?>\n<svg xmlns=".to_vec(),
            "an SVG drawing, which is not decoded; `rsvg-convert` of librsvg converts it",
        ),
        (
            dicom,
            "a DICOM image, which is not decoded; `dcm2img` of DCMTK converts it",
        ),
        (
            b"%PDF-1.7".to_vec(),
            "a PDF document, which is not decoded; `pdftoppm` of Poppler converts it",
        ),
        (
            jpeg(0xc9, 8),
            "an arithmetic-coded JPEG image, which is not decoded; `jpegtran` of libjpeg-turbo converts it",
        ),
        (
            jpeg(0xca, 8),
            "an arithmetic-coded JPEG image, which is not decoded; `jpegtran` of libjpeg-turbo converts it",
        ),
        (
            jpeg(0xc3, 8),
            "a lossless JPEG image, which is not decoded; `djpeg` of libjpeg-turbo converts it",
        ),
        (
            jpeg(0xc1, 12),
            "a JPEG image of 12 bits, which is not decoded; `djpeg` of libjpeg-turbo converts it",
        ),
        (
            jpeg(0xf7, 8),
            "a JPEG-LS image, which is not decoded; `gdcmconv` of GDCM converts it",
        ),
        (Vec::new(), "an empty file, not an image"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n".to_vec(),
            "a Git LFS pointer, not the image itself; `git lfs pull` downloads the image",
        ),
        (
            b"\n<!DOCTYPE html>\n<html>".to_vec(),
            "an HTML page, not an image",
        ),
        (
            b"\xef\xbb\xbf<html lang=\"en\">".to_vec(),
            "an HTML page, not an image",
        ),
        (
            b"<?xml version=\"1.0\"?><Error><Code>AccessDenied".to_vec(),
            "an XML document, not an image",
        ),
        (b"PK\x03\x04\x14\0".to_vec(), "a ZIP archive, not an image"),
        (brands("isom\0\0\0\x01isommp42"), "a video, not an image"),
        (
            vec![0; 4096],
            "not an image: it begins with zeros only, as an interrupted download does",
        ),
        (
            b"some text".to_vec(),
            "not an image (BMP, DDS, Farbfeld, GIF, HDR, ICO, JPEG, OpenEXR, PNG, PNM, QOI, TGA, TIFF and WebP are known)",
        ),
    ]
}

/// Raw photos of many cameras are TIFF files whose first image is small.
#[test]
fn a_preview_is_not_taken_for_the_photo() {
    let mut file = bytes("rgb.tif");
    let directory = u32::from_le_bytes(*file[4..].first_chunk().unwrap()) as usize;
    // The kind of the image replaces the last entry, which is not needed.
    let count = usize::from(u16::from_le_bytes([file[directory], file[directory + 1]]));
    let kind = [0xfe, 0, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0];
    let last = directory + 2 + 12 * (count - 1);
    file[last..last + 12].copy_from_slice(&kind);
    let error = Photo::decode(&file).unwrap_err().to_string();
    assert!(
        error.starts_with("image: a raw photo of a camera, or another TIFF file"),
        "{error}"
    );
}

#[test]
fn what_is_not_decoded_is_named() {
    for (file, name) in foreign() {
        let error = Photo::decode(&file).unwrap_err();
        assert_eq!(error.to_string(), format!("image: {name}"));
        assert_eq!(error.kind(), ErrorKind::Input);
    }
}

/// The converters of image formats that are not decoded.
pub fn converters() -> Vec<(String, String)> {
    let errors = foreign().into_iter().map(|(_, error)| error);
    let mut converters: Vec<_> = errors
        .filter_map(|error| {
            let (kind, rest) = error.split_once(", which is not decoded; ")?;
            let kind = kind.trim_start_matches("an ").trim_start_matches("a ");
            let converter = rest.strip_suffix(" converts it")?;
            Some((kind.to_owned(), converter.to_owned()))
        })
        .collect();
    converters.dedup();
    converters
}
