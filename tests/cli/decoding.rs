//! The flags for decoding photos.

use crate::program::{command, end, json};

/// A photo in Display P3.
const WIDE: &str = "tests/photo/files/display_p3.png";

fn probability(flags: &[&str]) -> f64 {
    let arguments = ["classify", WIDE, "--adapter", "cpu", "--json"];
    let answer = json(&[&arguments, flags].concat());
    let best = &answer["top"][0]["probability"];
    best.as_f64().unwrap()
}

#[test]
fn profiles_can_be_ignored() {
    assert_ne!(probability(&[]), probability(&["--no-icc"]));
}

#[test]
fn the_number_of_pixels_is_limited() {
    let limited = |pixels: &str| {
        end(command(&[
            "classify",
            WIDE,
            "--adapter",
            "cpu",
            "--max-pixels",
            pixels,
        ]))
    };
    assert_eq!(limited("384").status, Some(0));
    let ending = limited("383");
    assert_eq!(ending.status, Some(1));
    let says = "24x16 pixels are 0.000384 megapixels, and the limit is 0.000383";
    assert_eq!(
        ending.stderr,
        format!("error: {WIDE}: {says}; --max-pixels raises the limit\n")
    );
}

/// All commands that decode photos have the flags.
#[test]
fn one_photo_and_many_are_limited_alike() {
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for line in [
        format!("segment {WIDE} -o {}", out("mask.png")),
        format!("explain {WIDE} -o {}", out("heat.png")),
        format!("embed {WIDE} -o {}", out("vectors.npy")),
        format!("similar {WIDE} samples"),
    ] {
        let mut arguments: Vec<&str> = line.split(' ').collect();
        arguments.extend(["--adapter", "cpu", "--max-pixels", "100"]);
        let ending = end(command(&arguments));
        assert_eq!(ending.status, Some(1), "{line}");
        let says = "--max-pixels raises the limit";
        assert!(ending.stderr.contains(says), "{line}: {}", ending.stderr);
    }
}
