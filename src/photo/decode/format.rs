//! The formats of image files that are decoded, and how the format of a file is found.

use std::fmt;

use image::ImageFormat;

use super::tga;

/// A format of image files that this crate decodes.
///
/// ```
/// let names: Vec<_> = menagerie::photo::FORMATS.iter().map(|format| format.name()).collect();
/// assert!(names.contains(&"JPEG"));
/// ```
pub struct Format {
    name: &'static str,
    extensions: &'static [&'static str],
    codec: Codec,
    begins: fn(&[u8]) -> bool,
}

/// The decoder of a format.
#[derive(Clone, Copy)]
pub enum Codec {
    /// Of the crate `gif`.
    Gif,
    /// Of `image`, or that of PNG.
    Ico,
    /// Of `zune-jpeg`.
    Jpeg,
    /// Of `tiff`.
    Tiff,
    /// Of `image`.
    Image(ImageFormat),
}

/// The first bytes of a file that are enough to find its format.
pub const START: usize = 512;

/// The formats that are decoded, by name. The last has no signature, so it is tried last.
pub const FORMATS: [Format; 14] = [
    Format {
        name: "BMP",
        extensions: &["bmp", "dib"],
        codec: Codec::Image(ImageFormat::Bmp),
        begins: |start| start.starts_with(b"BM"),
    },
    Format {
        name: "DDS",
        extensions: &["dds"],
        codec: Codec::Image(ImageFormat::Dds),
        begins: |start| start.starts_with(b"DDS "),
    },
    Format {
        name: "Farbfeld",
        extensions: &["ff"],
        codec: Codec::Image(ImageFormat::Farbfeld),
        begins: |start| start.starts_with(b"farbfeld"),
    },
    Format {
        name: "GIF",
        extensions: &["gif"],
        codec: Codec::Gif,
        begins: |start| start.starts_with(b"GIF87a") || start.starts_with(b"GIF89a"),
    },
    Format {
        name: "HDR",
        extensions: &["hdr"],
        codec: Codec::Image(ImageFormat::Hdr),
        begins: |start| start.starts_with(b"#?RADIANCE") || start.starts_with(b"#?RGBE"),
    },
    Format {
        name: "ICO",
        extensions: &["ico"],
        codec: Codec::Ico,
        begins: |start| start.starts_with(&[0, 0, 1, 0]),
    },
    Format {
        name: "JPEG",
        extensions: &["jpg", "jpeg", "jpe", "jfif"],
        codec: Codec::Jpeg,
        begins: |start| start.starts_with(&[0xff, 0xd8, 0xff]),
    },
    Format {
        name: "OpenEXR",
        extensions: &["exr"],
        codec: Codec::Image(ImageFormat::OpenExr),
        begins: |start| start.starts_with(&[0x76, 0x2f, 0x31, 0x01]),
    },
    Format {
        name: "PNG",
        extensions: &["png", "apng"],
        codec: Codec::Image(ImageFormat::Png),
        begins: |start| start.starts_with(b"\x89PNG\r\n\x1a\n"),
    },
    Format {
        name: "PNM",
        extensions: &["pbm", "pgm", "ppm", "pnm", "pam"],
        codec: Codec::Image(ImageFormat::Pnm),
        begins: |start| matches!(start, [b'P', b'1'..=b'7', after, ..] if after.is_ascii_whitespace()),
    },
    Format {
        name: "QOI",
        extensions: &["qoi"],
        codec: Codec::Image(ImageFormat::Qoi),
        begins: |start| start.starts_with(b"qoif"),
    },
    Format {
        name: "TIFF",
        extensions: &["tif", "tiff"],
        codec: Codec::Tiff,
        begins: |start| {
            let signatures = [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"];
            signatures.iter().any(|bytes| start.starts_with(*bytes))
        },
    },
    Format {
        name: "WebP",
        extensions: &["webp"],
        codec: Codec::Image(ImageFormat::WebP),
        begins: |start| start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP"),
    },
    Format {
        name: "TGA",
        extensions: &["tga", "icb", "vda", "vst"],
        codec: Codec::Image(ImageFormat::Tga),
        begins: tga::begins,
    },
];

impl Format {
    /// The format of a file that begins with `start`, of [`START`] bytes or the whole file.
    pub(crate) fn of(start: &[u8]) -> Option<&'static Self> {
        FORMATS.iter().find(|format| (format.begins)(start))
    }

    /// The name, such as `JPEG`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The extensions of file names, lower case and without a dot. [`find`](crate::photo::find) uses them to find images in
    /// folders. Decoding ignores them: a file may have any name.
    pub fn extensions(&self) -> &'static [&'static str] {
        self.extensions
    }

    pub(crate) fn codec(&self) -> Codec {
        self.codec
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The names of all formats, for a sentence.
pub fn names() -> String {
    let mut names = FORMATS.map(|format| format.name);
    names.sort_unstable_by_key(|name| name.to_lowercase());
    let [others @ .., last] = names;
    format!("{} and {last}", others.join(", "))
}
