//! Damaged and hostile files: an error or a photo, no panic, and memory in proportion to the pixels.

use std::sync::LazyLock;

use menagerie::photo::Decoding;
use menagerie::{ErrorKind, Photo};
use proptest::prelude::*;

use super::files::{bytes, expected};

/// Every file that `tools/photo_files.py` made.
static FILES: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| expected().keys().map(|name| bytes(name)).collect());

/// The most pixels that tests decode, and the memory that this process may use for it.
const PIXELS: u64 = 1_000_000;
const MEMORY: u64 = 1 << 30;

/// The most memory that this process has used, where the system tells.
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 5_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn changed_bytes_give_an_error_or_a_photo(
        file in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        length in any::<prop::sample::Index>(),
        is_cut in prop::bool::weighted(0.1),
    ) {
        let mut file = FILES[file.index(FILES.len())].clone();
        // Headers are at the start, so half of the changes are there.
        for (index, (at, byte)) in changes.into_iter().enumerate() {
            let range = if index % 2 == 0 { file.len().min(128) } else { file.len() };
            file[at.index(range)] = byte;
        }
        if is_cut {
            file.truncate(length.index(file.len()));
        }
        match Decoding::new().max_pixels(PIXELS).decode(&file) {
            Ok(photo) => prop_assert!((photo.width() * photo.height()) as u64 <= PIXELS),
            Err(error) => {
                let kinds = [ErrorKind::Input, ErrorKind::TooManyPixels];
                prop_assert!(kinds.contains(&error.kind()), "{error}");
                prop_assert!(!error.to_string().contains('\n'), "{error}");
            }
        }
        prop_assert!(most_memory().is_none_or(|bytes| bytes < MEMORY));
    }

    #[test]
    fn any_bytes_after_a_signature_give_an_error_or_a_photo(
        file in any::<prop::sample::Index>(),
        rest in prop::collection::vec(any::<u8>(), 0..256),
        kept in 4usize..40,
    ) {
        let file = &FILES[file.index(FILES.len())];
        let file = [&file[..kept.min(file.len())], &rest].concat();
        let _ = Decoding::new().max_pixels(PIXELS).decode(&file);
    }
}

/// The width and height in the header of a file, which are 24 and 16 in it.
fn resized(name: &str, at: [usize; 2], side: &[u8]) -> Vec<u8> {
    let mut file = bytes(name);
    for at in at {
        file[at..at + side.len()].copy_from_slice(side);
    }
    file
}

#[test]
fn a_huge_image_in_a_small_file_is_refused_before_it_is_decoded() {
    let files = [
        resized("rgb.bmp", [18, 22], &15_000_u32.to_le_bytes()),
        resized("16bit.ff", [8, 12], &15_000_u32.to_be_bytes()),
        resized("palette.gif", [6, 8], &15_000_u16.to_le_bytes()),
        resized("rgb.qoi", [4, 8], &15_000_u32.to_be_bytes()),
        resized("rgb.tga", [12, 14], &15_000_u16.to_le_bytes()),
        b"P6 15000 15000 255\n".to_vec(),
    ];
    for file in files {
        let error = Photo::decode(&file).unwrap_err();
        let expected = "image: 15000x15000 pixels are 225 megapixels, and the limit is 100";
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.kind(), ErrorKind::TooManyPixels);
    }
    // The data of a JPEG image cannot be that short.
    let mut file = bytes("420.jpg");
    let frame = file
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .unwrap();
    file[frame + 5..frame + 9].copy_from_slice(&[0x27, 0x10, 0x27, 0x10]);
    let error = Photo::decode(&file).unwrap_err();
    let expected = "image: cut short: the file ends before the last row of pixels";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn the_limit_is_a_number_of_pixels() {
    let file = bytes("rgb.png");
    let limit = |pixels| Decoding::new().max_pixels(pixels).decode(&file);
    assert!(limit(24 * 16).is_ok());
    let error = limit(24 * 16 - 1).unwrap_err();
    let expected = "image: 24x16 pixels are 0.000384 megapixels, and the limit is 0.000383";
    assert_eq!(error.to_string(), expected);
}
