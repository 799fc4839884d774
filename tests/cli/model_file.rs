//! Each command with an ONNX file in place of a network of the zoo.

use std::fs;
use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};
use menagerie::tensor::{Shape, Tensor};
use menagerie::tensor_file;
use tempfile::TempDir;

use crate::program::{Ending, command, end, json, json_lines, prints};
use crate::writer::{graph, graph_of, model, node, open_port, values};

const NAMES: [&str; 3] = ["red", "green", "blue"];

/// A network whose scores are the means of the three colours, with their names beside it, and a photo of each colour in a
/// folder of its name.
fn files() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.onnx");
    let filters = [1., 0., 0., 0., 1., 0., 0., 0., 1.];
    let nodes = [
        node("Conv", &["x", "w"], &["conv"]),
        node("Relu", &["conv"], &["relu"]),
        node("GlobalAveragePool", &["relu"], &["mean"]),
        node("Flatten", &["mean"], &["flat"]),
        node("Gemm", &["flat", "scores", "bias"], &["y"]),
    ];
    let parameters = [
        values("w", &[3, 3, 1, 1], &filters),
        values("scores", &[3, 3], &filters),
        values("bias", &[3], &[0.0; 3]),
    ];
    fs::write(&path, model(17, graph(&nodes, &parameters)).0).unwrap();
    fs::write(folder.path().join("labels.txt"), NAMES.join("\n")).unwrap();
    for (index, name) in NAMES.iter().enumerate() {
        let mut colour = [20; 3];
        colour[index] = 250;
        let photo = photo(folder.path(), name);
        fs::create_dir_all(photo.parent().unwrap()).unwrap();
        let pixels = RgbImage::from_pixel(40, 50, Rgb(colour));
        pixels.save(photo).unwrap();
    }
    (folder, path)
}

fn photo(folder: &Path, name: &str) -> PathBuf {
    folder.join("photos").join(name).join("photo.png")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn photos_are_answered() {
    let (folder, path) = files();
    let [model, photos] = [&path, &folder.path().join("photos")].map(|path| text(path).to_owned());
    // torchvision's preprocessing is assumed, which a line says.
    let options = [
        "--model",
        &model,
        "--adapter",
        "cpu",
        "--mean",
        "0",
        "--std",
        "1",
    ];
    let options = [&options[..], &["--resize", "32", "--json"]].concat();
    let red = photo(folder.path(), "red");
    let answer = json(&[&["classify", text(&red)], &options[..]].concat());
    assert_eq!(answer["top"][0]["label"], "red", "{answer}");

    let answer = json(&[&["evaluate", &photos], &options[..]].concat());
    assert_eq!(answer["top1"], 1.0, "{answer}");

    let rows = json_lines(&[&["embed", "-r", &photos], &options[..]].concat());
    let green = rows[1]["vector"].as_array().unwrap();
    let expected = [20.0, 250.0, 20.0].map(|value| value / 255.0);
    for (found, expected) in green.iter().zip(expected) {
        assert!(
            (found.as_f64().unwrap() - expected).abs() < 1e-6,
            "{rows:?}"
        );
    }

    let answer = json(&[&["similar", text(&red), "-r", &photos], &options[..]].concat());
    // The cosine of (250, 20, 20) and (20, 250, 20).
    let second = answer["similar"][1]["similarity"].as_f64().unwrap();
    assert!((second - 10400.0 / 63300.0).abs() < 1e-6, "{answer}");

    let map = folder.path().join("map.png");
    let explain = ["explain", text(&red), "--output", text(&map)];
    let answer = json(&[&explain, &options[..]].concat());
    assert_eq!(answer["label"], "red", "{answer}");
    assert!(map.exists());
}

#[test]
fn tensors_are_answered() {
    let (folder, path) = files();
    let [input, output] = ["in", "out"].map(|name| folder.path().join(name));
    let shape = Shape::new(3, 32, 32);
    let data: Vec<f32> = (0..3)
        .flat_map(|channel| [channel as f32; 32 * 32])
        .collect();
    tensor_file::write(&input, &Tensor::new(1, shape, data).unwrap(), "input").unwrap();
    prints(&[
        "run",
        text(&path),
        "--input",
        text(&input),
        "--output",
        text(&output),
    ]);
    let answer = tensor_file::read(&output, "output").unwrap();
    assert_eq!(answer.data(), [0.0, 1.0, 2.0]);
}

/// Runs each of the lines, in which MODEL stands for `path`. What autotune remembers is for no other
/// test.
fn all_print(folder: &TempDir, path: &Path, lines: &[(&str, &[&str])]) {
    for (line, says) in lines {
        let words = line.split_whitespace().map(|word| match word {
            "MODEL" => text(path),
            word => word,
        });
        let mut command = command(&words.collect::<Vec<_>>());
        command.env("XDG_CACHE_HOME", folder.path());
        let Ending {
            status,
            stdout,
            stderr,
        } = end(command);
        assert_eq!(status, Some(0), "{line}: {stderr}");
        for says in *says {
            assert!(stdout.contains(says), "{line}: {says}: {stdout}");
        }
    }
}

#[test]
fn kernels_are_listed_timed_and_tuned() {
    let (folder, path) = files();
    let lines: [(&str, &[&str]); 6] = [
        ("summary MODEL", &["linear"]),
        ("plan MODEL", &["global_average_pool"]),
        ("bench MODEL --runs 2", &["2 runs"]),
        ("profile MODEL --runs 2", &["roofline"]),
        ("compare MODEL MODEL --rounds 2", &["2 rounds"]),
        ("autotune MODEL --rounds 1", &["median us"]),
    ];
    all_print(&folder, &path, &lines);
}

/// Two photos of open size, and vectors of open length, which are no image.
#[test]
fn several_inputs_and_open_extents_are_listed_timed_and_tuned() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.onnx");
    let ports = [
        open_port("left", &["batch", "3", "rows", "columns"]),
        open_port("right", &["batch", "3", "rows", "columns"]),
        open_port("words", &["batch", "length", "2"]),
    ];
    let nodes = [
        node("Sub", &["left", "right"], &["apart"]),
        node("GlobalAveragePool", &["apart"], &["mean"]),
        node("MatMul", &["words", "matrix"], &["product"]),
    ];
    let matrix = values("matrix", &[2, 3], &[1.0, 0.0, 2.0, 0.0, 1.0, 3.0]);
    let graph = graph_of(&ports, &["mean", "product"], &nodes, &[matrix]);
    fs::write(&path, model(17, graph).0).unwrap();
    let listed = "left (3x20x24), right (3x20x24), words (f32[N, 5, 2])";
    let listed_json: &[&str] = &[r#""inputs": ["#, r#""name": "right""#, r#""name": "words""#];
    let lines: [(&str, &[&str]); 11] = [
        ("summary MODEL --size 20x24 --dimension length=5", &[listed]),
        (
            "plan MODEL --size 20x24 --dimension length=5 --batch 2",
            &["product"],
        ),
        (
            "bench MODEL --size 20x24 --dimension length=5 --batch 2 --runs 2",
            &["batch 2, 2 runs"],
        ),
        (
            "bench MODEL --size 20x24 --dimension length=5 --runs 1 --adapter cpu",
            &["1 run"],
        ),
        (
            "profile MODEL --size 20x24 --dimension length=5 --batch 2 --runs 1",
            &[listed, "batch 2"],
        ),
        (
            "profile MODEL --size 20x24 --dimension length=5 --runs 1 --json",
            listed_json,
        ),
        (
            "compare MODEL MODEL --size 20x24 --dimension length=5 --rounds 1 --json",
            listed_json,
        ),
        (
            "compare MODEL --size 20x24,30 --dimension length=5 --rounds 1 --batch 2",
            &["net, 20x24", "net, 30x30"],
        ),
        // Networks of the zoo have no extents with names.
        (
            "compare MODEL lenet5 --dimension length=5 --rounds 1",
            &["net", "lenet5"],
        ),
        (
            "compare predictions MODEL --dimension length=5 --rounds 1",
            &["global_average_pool"],
        ),
        (
            "autotune MODEL --size 20x24 --dimension length=5 --batch 2 --rounds 1",
            &["median us"],
        ),
    ];
    all_print(&folder, &path, &lines);

    let model = text(&path);
    for (arguments, says) in [
        (&["bench", model][..], "the extent length of"),
        (
            &["compare", model, "lenet5", "--dimension", "width=5"],
            "no extent of an input is called \"width\"",
        ),
        (
            &["compare", "lenet5", "lenet5", "--dimension", "length=5"],
            "has no extents with a name",
        ),
    ] {
        let ending = end(command(arguments));
        assert_eq!(ending.status, Some(1), "{arguments:?}");
        assert!(
            ending.stderr.starts_with("error: ") && ending.stderr.contains(says),
            "{arguments:?}: {}",
            ending.stderr
        );
    }
}

#[test]
fn what_does_not_fit_is_refused_in_a_line() {
    let (folder, path) = files();
    let (model, red) = (text(&path), photo(folder.path(), "red"));
    let cut = folder.path().join("cut.onnx");
    let bytes = fs::read(&path).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    for (arguments, says) in [
        (
            &["classify", text(&red), "--model", model, "--crop", "64"][..],
            "fixed size",
        ),
        (&["bench", model, "--size", "64"], "fixed size"),
        (
            &["segment", text(&red), "--model", model, "-o", "x.png"],
            "classif",
        ),
        (&["summary", text(&cut)], "not a valid ONNX file"),
        (&["summary", "none.onnx"], "none.onnx"),
    ] {
        let ending = end(command(arguments));
        assert_eq!(ending.status, Some(1), "{arguments:?}");
        let error = ending.stderr.lines().last().unwrap_or_default();
        assert!(
            error.starts_with("error: ") && error.contains(says),
            "{arguments:?}: {error}"
        );
    }
}
