//! No output overwrites an input, by whatever name or link, and an input stays as it is.

use std::fs;
use std::path::Path;

use menagerie::tensor::Shape;
use menagerie::{Tensor, tensor_file};

use crate::program::{checkout, command, end};

/// A folder with all kinds of inputs, and links to them.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let digit = Tensor::zeros(1, Shape::new(1, 28, 28));
    tensor_file::write(&path.join("input.safetensors"), &digit, "input").unwrap();
    fs::copy(
        checkout("weights/lenet5.safetensors"),
        path.join("weights.safetensors"),
    )
    .unwrap();
    fs::copy(
        checkout("weights/unet_small.safetensors"),
        path.join("unet.png"),
    )
    .unwrap();
    fs::copy(checkout("samples/cat.png"), path.join("cat.png")).unwrap();
    fs::write(path.join("labels.txt"), "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n").unwrap();
    fs::create_dir_all(path.join("photos/Egyptian cat")).unwrap();
    fs::copy(
        checkout("samples/cat.png"),
        path.join("photos/Egyptian cat/cat.png"),
    )
    .unwrap();
    for name in [
        "input.safetensors",
        "weights.safetensors",
        "unet.png",
        "cat.png",
    ] {
        fs::hard_link(path.join(name), path.join(format!("hard-{name}"))).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(name, path.join(format!("soft-{name}"))).unwrap();
    }
    folder
}

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = names.filter(|path| path.is_file());
    let mut contents: Vec<_> = files
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    contents.sort();
    contents
}

#[test]
fn an_output_never_overwrites_an_input() {
    let folder = folder();
    let before = contents(folder.path());
    let run = [
        "run",
        "lenet5",
        "--weights=weights.safetensors",
        "--input=input.safetensors",
        "--adapter=cpu",
    ];
    let segment = ["segment", "cat.png", "--weights=unet.png", "--adapter=cpu"];
    let explain = ["explain", "cat.png", "--adapter=cpu"];
    let embed = ["embed", "cat.png", "--adapter=cpu"];
    let evaluate = ["evaluate", "photos", "--adapter=cpu"];
    let profile = [
        "profile",
        "lenet5",
        "--weights=weights.safetensors",
        "--runs=1",
    ];
    let cases: [(&[&str], &str, &[&str]); 8] = [
        (
            &run,
            "--output",
            &[
                "input.safetensors",
                "./input.safetensors",
                "weights.safetensors",
                "labels.txt",
            ],
        ),
        (
            &run,
            "-links",
            &["input.safetensors", "weights.safetensors"],
        ),
        (
            &segment,
            "--output",
            &["cat.png", "unet.png", "photos/../cat.png"],
        ),
        (&segment, "-links", &["cat.png", "unet.png"]),
        (&explain, "--output", &["cat.png", "hard-cat.png"]),
        (&embed, "--output", &["cat.png", "hard-cat.png"]),
        (&evaluate, "--html", &["photos/Egyptian cat/cat.png"]),
        (
            &profile,
            "--trace",
            &["weights.safetensors", "hard-weights.safetensors"],
        ),
    ];
    for (arguments, option, outputs) in cases {
        for output in outputs {
            let names = match option {
                "-links" => vec![format!("hard-{output}"), format!("soft-{output}")],
                _ => vec![(*output).to_owned()],
            };
            let option = option.replace("-links", "--output");
            for name in names {
                let mut command = command(arguments);
                command
                    .current_dir(folder.path())
                    .arg(format!("{option}={name}"));
                let ending = end(command);
                assert_eq!(ending.status, Some(1), "{arguments:?} {option} {name}");
                assert!(
                    ending.stderr.contains(&format!("error: {name}: is "))
                        && ending.stderr.contains(" input"),
                    "{}",
                    ending.stderr
                );
                assert!(contents(folder.path()) == before, "{arguments:?} {name}");
            }
        }
    }
    let last = fs::read(folder.path().join("photos/Egyptian cat/cat.png")).unwrap();
    assert!(last == fs::read(checkout("samples/cat.png")).unwrap());
}
