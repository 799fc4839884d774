//! The image files that `tools/photo_files.py` made, and their pixels by other decoders.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use menagerie::Photo;
use menagerie::photo::Decoding;
use safetensors::SafeTensors;

/// The folder of the files.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/photo/files")
}

/// The bytes of a file.
pub fn bytes(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

/// The photo in each file, by its name.
pub fn expected() -> BTreeMap<String, Photo> {
    let stored = bytes("pixels.safetensors");
    let stored = SafeTensors::deserialize(&stored).unwrap();
    let photos: BTreeMap<_, _> = stored
        .iter()
        .map(|(name, pixels)| {
            let [height, width, 3] = *pixels.shape() else {
                panic!("{name}: {:?}", pixels.shape());
            };
            let photo = Photo::new(width, height, pixels.data()).unwrap();
            (name.to_owned(), photo)
        })
        .collect();
    assert_eq!(photos.len() + 1, fs::read_dir(folder()).unwrap().count());
    photos
}

/// The largest difference of levels.
pub fn difference(one: &Photo, other: &Photo) -> Option<u8> {
    let is_same_size = (one.width(), one.height()) == (other.width(), other.height());
    let levels = one.rgb().iter().zip(other.rgb());
    let difference = levels.map(|(one, other)| one.abs_diff(*other)).max();
    difference.filter(|_| is_same_size)
}

/// The difference of levels that is allowed. Lossless formats must be exact. Decoders of lossy formats may round, and
/// they smooth chroma in different ways. The transform of a profile may differ by two levels, and by four for inks, as
/// those of LittleCMS with and without its optimisation do.
fn tolerance(name: &str) -> u8 {
    let kinds = [
        (".jpg", 6),
        ("cmyk_profile.", 4),
        ("jpeg.tif", 6),
        ("_p3.", 2),
        ("_profile.", 2),
        ("lossy.webp", 3),
        (".dds", 1),
        (".hdr", 1),
        (".exr", 1),
    ];
    let kind = kinds.iter().find(|(kind, _)| name.contains(kind));
    kind.map_or(0, |(_, levels)| *levels)
}

#[test]
fn every_kind_of_file_has_the_pixels_of_other_decoders() {
    let mut wrong = Vec::new();
    for (name, expected) in expected() {
        let tolerance = tolerance(&name);
        match Photo::decode(&bytes(&name)) {
            Ok(photo) => match difference(&photo, &expected) {
                Some(levels) if levels <= tolerance => {}
                Some(levels) => wrong.push(format!("{name}: {levels} levels, {tolerance} allowed")),
                None => wrong.push(format!("{name}: {photo:?}, expected {expected:?}")),
            },
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn profiles_and_orientation_can_be_ignored() {
    let decode = |name: &str, decoding: Decoding| decoding.decode(&bytes(name)).unwrap();
    let stored = decode("rgb.png", Decoding::new());
    let defaults = Decoding::new();
    for name in ["display_p3.png", "display_p3.tif", "display_p3.webp"] {
        assert!(decode(name, defaults) != stored, "{name}");
        assert!(decode(name, defaults.profile(false)) == stored, "{name}");
    }
    for name in [
        "turned_8.png",
        "turned_6.tif",
        "turned_6_long.tif",
        "turned_3.webp",
    ] {
        assert!(decode(name, defaults) != stored, "{name}");
        assert!(
            decode(name, defaults.orientation(false)) == stored,
            "{name}"
        );
    }
}
