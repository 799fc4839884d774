//! Limits that the system sets for a process: on the size of files, on threads, on names.

use std::fs;

use crate::program::{Ending, command, end, started_by};

/// The command under `ulimit -f`, in blocks of 512 or 1024 bytes.
fn with_short_files(arguments: &[&str]) -> Ending {
    let shell = ["sh", "-c", r#"ulimit -f 1; exec "$0" "$@""#];
    end(started_by(&shell, arguments))
}

/// A command that writes a mask to `path`.
fn segmenting(path: &str) -> [&str; 6] {
    [
        "segment",
        "samples/cells.png",
        "-o",
        path,
        "--adapter",
        "cpu",
    ]
}

#[test]
fn a_file_that_grows_too_large_is_an_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mask.png");
    let path = path.to_str().unwrap();
    let ending = with_short_files(&segmenting(path));
    let expected = format!("error: {path}: cannot be written: File too large (os error 27)\n");
    assert_eq!((ending.status, ending.stderr), (Some(1), expected));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// A thread needs more memory for its stack than there is.
#[test]
fn without_threads_a_command_runs_or_is_refused() {
    let digit = "samples/digits/digit_0.png";
    for (arguments, status, says) in [
        (
            &["classify", digit, "--model", "lenet5"][..],
            1,
            "error: cannot start a thread to decode on: Resource temporarily unavailable (os error 11)\n",
        ),
        (
            &["bench", "lenet5", "--runs", "1"],
            1,
            "error: cannot start a thread to pack parameters on: Resource temporarily unavailable (os error 11)\n",
        ),
        (
            &[
                "bench",
                "resnet18",
                "--runs",
                "1",
                "--size",
                "33",
                "--adapter",
                "cpu",
                "--weights",
                "synthetic:0",
            ],
            0,
            "",
        ),
        (&["summary", "lenet5"], 0, ""),
    ] {
        let mut command = command(arguments);
        command.env("RUST_MIN_STACK", (1_u64 << 50).to_string());
        let ending = end(command);
        assert_eq!(
            (ending.status, &*ending.stderr),
            (Some(status), says),
            "{arguments:?}"
        );
    }
}

#[test]
fn an_output_may_have_the_longest_name() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a".repeat(251), "é".repeat(125) + "a"] {
        let path = folder.path().join(name + ".png");
        let path = path.to_str().unwrap();
        let ending = end(command(&segmenting(path)));
        assert_eq!((ending.status, &*ending.stderr), (Some(0), ""));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}
