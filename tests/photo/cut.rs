//! Files that were cut short: an error or the whole picture, never a part of it.

use menagerie::{ErrorKind, Photo};

use super::files::{bytes, expected};

/// The last bytes of a file, at each of which it is cut. Before them, it is cut at every few bytes.
const EACH: usize = 64;
const STEP: usize = 5;

const END_OF_IMAGE: [u8; 2] = [0xff, 0xd9];

/// Lengths that are less than `length`.
fn shorter(length: usize) -> impl Iterator<Item = usize> {
    let last = length.saturating_sub(EACH);
    (0..last).step_by(STEP).chain(last..length)
}

#[test]
fn a_cut_file_is_an_error_or_the_whole_picture() {
    let mut wrong = Vec::new();
    for name in expected().keys() {
        let file = bytes(name);
        let whole = Photo::decode(&file).unwrap();
        for length in shorter(file.len()) {
            // A number in a text may be cut to another number.
            if name == "text.ppm" && file.len() - length <= 3 {
                continue;
            }
            match Photo::decode(&file[..length]) {
                Ok(photo) if photo == whole => {}
                Ok(photo) => wrong.push(format!("{name} at {length}: {photo:?}")),
                Err(error) if error.kind() == ErrorKind::Input => {}
                Err(error) => wrong.push(format!("{name} at {length}: {error}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bytes_after_the_end_do_not_matter() {
    for name in expected().keys() {
        let mut file = bytes(name);
        let whole = Photo::decode(&file).unwrap();
        file.extend(*b"a text that follows, and half a marker \xff");
        let photo = Photo::decode(&file).map_err(|error| format!("{name}: {error}"));
        assert!(photo.unwrap() == whole, "{name}");
    }
}

#[test]
fn a_jpeg_needs_no_end_marker_if_all_rows_are_there() {
    for name in expected().keys().filter(|name| name.ends_with(".jpg")) {
        let file = bytes(name);
        assert!(file.ends_with(&END_OF_IMAGE), "{name}");
        let whole = Photo::decode(&file).unwrap();
        for missing in [1, 2] {
            let photo = Photo::decode(&file[..file.len() - missing]);
            // A progressive image may lack whole scans.
            match name == "progressive.jpg" {
                true => assert!(photo.is_err(), "{name}"),
                false => assert!(photo.unwrap() == whole, "{name}"),
            }
        }
    }
}

/// Some programs end what they have received of a JPEG file.
#[test]
fn an_end_marker_does_not_replace_rows() {
    let mut names = expected().into_keys();
    for name in names.by_ref().filter(|name| name.ends_with(".jpg")) {
        // Without its last scans, a progressive image is whole but less precise.
        if name == "progressive.jpg" {
            continue;
        }
        let file = bytes(&name);
        let whole = Photo::decode(&file).unwrap();
        for length in shorter(file.len() - END_OF_IMAGE.len()) {
            let cut = [&file[..length], &END_OF_IMAGE].concat();
            let photo = Photo::decode(&cut);
            assert!(
                photo.is_err() || photo.unwrap() == whole,
                "{name} at {length}"
            );
        }
    }
}

#[test]
fn the_error_says_that_data_is_missing() {
    for name in ["420.jpg", "rgb.ppm", "rgb.tif", "palette.gif", "rgb.bmp"] {
        let file = bytes(name);
        let error = Photo::decode(&file[..file.len() - file.len() / 4]).unwrap_err();
        let expected = "image: cut short: the file ends before the last row of pixels";
        assert_eq!(error.to_string(), expected, "{name}");
    }
}
