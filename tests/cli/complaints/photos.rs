//! Photos that cannot be classified.

use std::fs;

use super::assert_complaints;
use crate::program::{command, end, with_stdin};

#[test]
fn photos_that_cannot_be_classified() {
    assert_complaints(&[
        (
            "classify FOLDER/missing.png",
            "FOLDER/missing.png: cannot be read: No such file or directory (os error 2)",
        ),
        (
            "classify FOLDER/notes.txt",
            "FOLDER/notes.txt: not an image (BMP, DDS, Farbfeld, GIF, HDR, ICO, JPEG, OpenEXR, PNG, PNM, QOI, TGA, TIFF and WebP are known)",
        ),
        (
            "classify FOLDER/nothing.png",
            "FOLDER/nothing.png: an empty file, not an image",
        ),
        (
            "classify FOLDER/cut.png",
            "FOLDER/cut.png: cut short: the file ends before the last row of pixels",
        ),
        (
            "classify FOLDER/huge.ppm",
            "FOLDER/huge.ppm: 20000x20000 pixels are 400 megapixels, and the limit is 100; --max-pixels raises the limit",
        ),
        (
            "classify FOLDER/huge.pgm",
            "FOLDER/huge.pgm: 20000x20000 pixels are 400 megapixels, and the limit is 100; --max-pixels raises the limit",
        ),
    ]);
}

#[test]
fn good_images_are_classified_beside_bad_ones() {
    let folder = tempfile::tempdir().unwrap();
    // A name that would break the line and set a colour.
    let odd = folder.path().join("a\n\u{1b}[31mb.png");
    fs::write(&odd, b"no image").unwrap();
    let odd = odd.to_str().unwrap();
    let arguments = [
        "classify",
        "missing.png",
        "samples/cat.png",
        odd,
        "--adapter",
        "cpu",
        "--top",
        "1",
    ];
    let ending = end(command(&arguments));
    assert_eq!(ending.status, Some(1));
    assert!(
        ending.stdout.starts_with("samples/cat.png\n"),
        "{}",
        ending.stdout
    );
    assert!(ending.stdout.contains("Egyptian cat"), "{}", ending.stdout);
    let complaints: Vec<&str> = ending.stderr.lines().collect();
    assert_eq!(complaints.len(), 2, "{}", ending.stderr);
    assert!(complaints[0].starts_with("error: missing.png: "));
    assert!(
        complaints[1].contains("a\\n\\u{1b}[31mb.png: not an image"),
        "{}",
        complaints[1]
    );
}

#[test]
fn standard_input_without_an_image_is_an_error() {
    let ending = with_stdin(&["classify", "-", "--adapter", "cpu"], b"");
    assert_eq!(ending.status, Some(1));
    assert_eq!(ending.stderr, "error: -: an empty file, not an image\n");
}
