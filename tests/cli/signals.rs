//! A command that a signal ends leaves no half-written file.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use menagerie::Tensor;
use menagerie::tensor::Shape;
use menagerie::tensor_file;
use tempfile::TempDir;

use crate::program::{checkout, command, started_by};

/// Names of all files in `folder`.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

/// 200 photos, whose vectors take seconds.
fn photos() -> TempDir {
    let photos = tempfile::tempdir().unwrap();
    for index in 0..200 {
        let link = photos.path().join(format!("{index}.png"));
        std::os::unix::fs::symlink(checkout("samples/cat.png"), link).unwrap();
    }
    photos
}

/// Waits until `child` writes its output, whose temporary file is in `folder`, and sends it `signal`.
fn interrupt(child: &mut Child, folder: &Path, signal: &str) {
    while names(folder).is_empty() {
        assert!(child.try_wait().unwrap().is_none());
        thread::sleep(Duration::from_millis(5));
    }
    let killed = Command::new("kill")
        .args(["-s", signal, &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
}

/// A temporary file is there for as long as the vectors of all photos take. Whoever started the tests may ignore signals.
#[test]
fn a_signal_removes_what_is_unfinished() {
    let photos = photos();
    let (starter, signals): (&[&str], &[_]) = match cfg!(target_os = "linux") {
        true => (
            &["env", "--default-signal"],
            &[("HUP", 1), ("INT", 2), ("TERM", 15)],
        ),
        false => (&["env"], &[("INT", 2), ("TERM", 15)]),
    };
    for &(signal, number) in signals {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("vectors.npy");
        let mut embed = started_by(starter, &["embed", "--adapter=cpu"]);
        embed.arg(photos.path()).arg("--output").arg(&output);
        let mut child = embed
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        interrupt(&mut child, folder.path(), signal);
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        assert_eq!(names(folder.path()), [""; 0], "{signal}");
    }
}

/// As `nohup` starts a command, and a script one with `&`.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_ignored_ends_nothing() {
    let photos = photos();
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("vectors.npy");
    let shell = ["sh", "-c", r#"trap "" HUP INT; exec "$0" "$@""#];
    let mut embed = started_by(&shell, &["embed", "--adapter=cpu"]);
    let mut child = embed
        .arg(photos.path())
        .arg("--output")
        .arg(&output)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    interrupt(&mut child, folder.path(), "HUP");
    interrupt(&mut child, folder.path(), "INT");
    assert!(child.wait().unwrap().success());
    assert_eq!(names(folder.path()), ["vectors.npy"]);
}

/// Whenever the signal comes, there is the whole output or none.
#[test]
fn an_output_is_whole_or_not_there() {
    let inputs = tempfile::tempdir().unwrap();
    let input = inputs.path().join("input.safetensors");
    let digit = Tensor::zeros(1, Shape::new(1, 28, 28));
    tensor_file::write(&input, &digit, "input").unwrap();
    let input = format!("--input={}", input.display());
    let cases: [&[&str]; 4] = [
        &["segment", "samples/cat.png", "--adapter=cpu", "--output"],
        &["explain", "samples/cat.png", "--adapter=cpu", "--output"],
        &["run", "lenet5", &input, "--adapter=cpu", "--output"],
        &["profile", "lenet5", "--runs=1", "--html"],
    ];
    for (arguments, delay) in cases.into_iter().zip([0, 30, 60, 120]) {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("output.png");
        let mut command = command(arguments);
        let mut child = command
            .arg(&output)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(delay));
        let id = child.id().to_string();
        let _ = Command::new("kill").args(["-s", "TERM", &id]).status();
        let status = child.wait().unwrap();
        let there = names(folder.path());
        match status.code() {
            Some(0) => assert_eq!(there, ["output.png"]),
            _ => assert!(there.iter().all(|name| name == "output.png"), "{there:?}"),
        }
    }
}
