//! Names for files that are not decoded: images of other formats, and files that are no images.

use super::format;
use crate::error::{Error, ErrorKind};

/// An image format that is recognised but not decoded.
pub struct Foreign {
    /// The name, with an article.
    pub name: &'static str,
    /// Extensions of such files, lower case and without a dot.
    pub extensions: &'static [&'static str],
    /// A program that converts it.
    converter: &'static str,
    begins: fn(&[u8]) -> bool,
}

/// Image formats that are recognised but not decoded.
pub const FOREIGN: [Foreign; 10] = [
    Foreign {
        name: "an AVIF image",
        extensions: &["avif"],
        converter: "`avifdec` of libavif",
        begins: |start| has_brand(start, &[b"avif", b"avis"]),
    },
    Foreign {
        name: "a HEIC image",
        extensions: &["heic", "heif"],
        converter: "`heif-convert` of libheif",
        begins: |start| {
            let brands = [
                b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
            ];
            has_brand(start, &brands)
        },
    },
    Foreign {
        name: "a JPEG 2000 image",
        extensions: &["jp2", "j2k", "jpx"],
        converter: "`opj_decompress` of OpenJPEG",
        begins: |start| {
            start.starts_with(b"\0\0\0\x0cjP  \r\n\x87\n") || start.starts_with(b"\xff\x4f\xff\x51")
        },
    },
    Foreign {
        name: "a JPEG XL image",
        extensions: &["jxl"],
        converter: "`djxl` of libjxl",
        begins: |start| {
            start.starts_with(b"\xff\x0a") || start.starts_with(b"\0\0\0\x0cJXL \r\n\x87\n")
        },
    },
    Foreign {
        name: "a JPEG XR image",
        extensions: &["jxr", "wdp"],
        converter: "`JxrDecApp` of jxrlib",
        begins: |start| start.starts_with(b"II\xbc"),
    },
    Foreign {
        name: "a raw photo of a camera",
        extensions: &["cr2", "cr3", "orf", "raf", "rw2"],
        converter: "`dcraw` or darktable",
        begins: |start| {
            let signatures: [&[u8]; 4] = [b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"IIU\0"];
            signatures.iter().any(|bytes| start.starts_with(bytes))
                || (start.starts_with(b"II*\0") && start.get(8..10) == Some(b"CR"))
                || has_brand(start, &[b"crx "])
        },
    },
    Foreign {
        name: "a Photoshop document",
        extensions: &["psd"],
        converter: "ImageMagick",
        begins: |start| start.starts_with(b"8BPS"),
    },
    Foreign {
        name: "an SVG drawing",
        extensions: &["svg"],
        converter: "`rsvg-convert` of librsvg",
        begins: |start| {
            let text = text(start);
            text.starts_with("<svg") || (text.starts_with("<?xml") && text.contains("<svg"))
        },
    },
    Foreign {
        name: "a DICOM image",
        extensions: &["dcm"],
        converter: "`dcm2img` of DCMTK",
        begins: |start| start.get(128..132) == Some(b"DICM"),
    },
    Foreign {
        name: "a PDF document",
        extensions: &[],
        converter: "`pdftoppm` of Poppler",
        begins: |start| start.starts_with(b"%PDF"),
    },
];

/// That an image is of a kind that is not decoded.
pub fn not_decoded(kind: &str, converter: &str) -> Error {
    Error::new(
        ErrorKind::Input,
        format!("{kind}, which is not decoded; {converter} converts it"),
    )
}

/// The refusal of an image that begins with `start`, if it is one of [`FOREIGN`].
pub fn refused_image(start: &[u8]) -> Option<Error> {
    let foreign = FOREIGN.iter().find(|foreign| (foreign.begins)(start))?;
    Some(not_decoded(foreign.name, foreign.converter))
}

/// The refusal of a file that begins with `start` and is no image.
pub fn no_image(start: &[u8]) -> Error {
    Error::new(
        ErrorKind::Input,
        match kind(start) {
            Some(kind) => kind.to_owned(),
            None => format!("not an image ({} are known)", format::names()),
        },
    )
}

/// What a file is that begins with `start`.
fn kind(start: &[u8]) -> Option<&'static str> {
    let text = text(start);
    Some(if start.is_empty() {
        "an empty file, not an image"
    } else if text.starts_with("version https://git-lfs.github.com/spec/") {
        "a Git LFS pointer, not the image itself; `git lfs pull` downloads the image"
    } else if ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|tag| text.starts_with(tag))
    {
        "an HTML page, not an image"
    } else if text.starts_with("<?xml") {
        "an XML document, not an image"
    } else if start.starts_with(b"PK\x03\x04") {
        "a ZIP archive, not an image"
    } else if start.starts_with(&[0x1f, 0x8b]) {
        "a gzip archive, not an image"
    } else if start.get(4..8) == Some(b"ftyp") || start.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]) {
        "a video, not an image"
    } else if start.len() >= 16 && start.iter().all(|&byte| byte == 0) {
        "not an image: it begins with zeros only, as an interrupted download does"
    } else {
        return None;
    })
}

/// The start of a text, lower case and without leading space.
fn text(start: &[u8]) -> String {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    text.trim_start().to_owned()
}

/// Whether a file of the ISO base media format has one of `brands`.
fn has_brand(start: &[u8], brands: &[&[u8; 4]]) -> bool {
    let (Some(length), Some(b"ftyp")) = (start.first_chunk::<4>(), start.get(4..8)) else {
        return false;
    };
    let length = u32::from_be_bytes(*length) as usize;
    let boxed = &start[8..length.clamp(8, start.len())];
    // The second word is a version.
    let found = boxed.chunks_exact(4).enumerate().filter(|(at, _)| *at != 1);
    found
        .into_iter()
        .any(|(_, brand)| brands.iter().any(|known| brand == *known))
}
