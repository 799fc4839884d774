//! Bad input: one clear line on standard error, a status that is not zero, never a panic.

mod masks;
mod measurements;
mod models;
mod photos;
#[cfg(unix)]
mod special;
mod tensors;
mod usage;

use std::ffi::OsString;
use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;

use menagerie::Tensor;
use menagerie::tensor::Shape;
use menagerie::tensor_file;

use crate::program::{Ending, checkout, command, end};

/// Holds commands to the whole of what they say on standard error, after `error: `; `FOLDER` stands for the
/// folder of files that [`bad_files`] makes.
fn assert_complaints(cases: &[(&str, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    bad_files(folder.path());
    let path = folder.path().to_str().unwrap();
    let before = names(folder.path());
    for &(line, says) in cases {
        let mut arguments: Vec<String> = line
            .split(' ')
            .map(|argument| argument.replace("FOLDER", path))
            .collect();
        if !matches!(arguments[0].as_str(), "fetch" | "summary" | "plan") {
            arguments.extend(["--adapter".to_owned(), "cpu".to_owned()]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let Ending {
            status,
            stdout,
            stderr,
        } = end(command(&arguments));
        assert_eq!(stderr.replace(path, "FOLDER"), format!("error: {says}\n"));
        assert_eq!(
            (status, stdout.contains('%')),
            (Some(1), false),
            "{arguments:?}: {stdout}"
        );
    }
    assert_eq!(names(folder.path()), before, "nothing may be left behind");
}

fn bad_files(folder: &Path) {
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    fs::create_dir(folder.join("empty")).unwrap();
    write("empty/notes.txt", b"no image by its name");
    write("notes.txt", b"no image by its content");
    write("nothing.png", b"");
    write(
        "cut.png",
        &fs::read(checkout("samples/cat.png")).unwrap()[..5000],
    );
    // A few bytes that claim 400 million pixels.
    write("huge.ppm", b"P6\n20000 20000\n255\n");
    write("huge.pgm", b"P5\n20000 20000\n255\n");
    // A bit for each pixel.
    let bits = vec![0; 3000 * 3000 / 8];
    write("large.pbm", &[b"P4\n3000 3000\n", &bits[..]].concat());
    fs::create_dir(folder.join("folder.png")).unwrap();
    #[cfg(unix)]
    special_files(folder);
    let weights = fs::read(checkout("weights/lenet5.safetensors")).unwrap();
    write("cut.safetensors", &weights[..1000]);
    let input = Tensor::zeros(1, Shape::new(1, 28, 28));
    tensor_file::write(&folder.join("input.safetensors"), &input, "input").unwrap();
}

/// Pipes that nobody writes to, an index of one, a folder with the name of a model, and a link to itself.
#[cfg(unix)]
fn special_files(folder: &Path) {
    let pipes = ["pipe", "pipe.onnx"].map(|name| folder.join(name));
    assert!(
        Command::new("mkfifo")
            .args(pipes)
            .status()
            .unwrap()
            .success()
    );
    let index = r#"{"weight_map": {"conv1.weight": "pipe"}}"#;
    fs::write(folder.join("piped.index.json"), index).unwrap();
    fs::create_dir(folder.join("empty.onnx")).unwrap();
    std::os::unix::fs::symlink("circle", folder.join("circle")).unwrap();
}

/// What lies in `folder`, in order.
fn names(folder: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<OsString> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}
