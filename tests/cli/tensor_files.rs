//! `menagerie run` with several inputs and outputs by name, in NumPy's files and safetensors.

use std::fs;
use std::path::Path;

use menagerie::tensor::{HostTensor, Values};
use menagerie::{npy, tensor_file};
use tempfile::TempDir;

use crate::program::{command, end, json, prints};
use crate::writer::{Message, graph_of, model, node, open_port, values};

/// A network of an image with its channels last and of vectors, with twice the image and a product of the vectors.
fn files() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let graph = graph_of(
        &[
            open_port("photo", &["batch", "rows", "columns", "3"]),
            open_port("vectors", &["batch", "length", "2"]),
        ],
        &["doubled", "product"],
        &[
            node("Add", &["photo", "photo"], &["doubled"]),
            node("MatMul", &["vectors", "matrix"], &["product"]),
        ],
        &[values("matrix", &[2, 3], &[1.0, 0.0, 2.0, 0.0, 1.0, 3.0])],
    );
    write(folder.path(), "net.onnx", &model(17, graph).0);
    // Rows and columns are 2 and 1, and channels come first.
    let photo = HostTensor::new(&[1, 3, 2, 1], vec![1_u8, 2, 3, 4, 5, 255]).unwrap();
    npy::write_array(&folder.path().join("photo.npy"), &photo).unwrap();
    let last = HostTensor::new(&[1, 4, 5, 3], vec![0_u8; 60]).unwrap();
    npy::write_array(&folder.path().join("last.npy"), &last).unwrap();
    let vectors = HostTensor::new(&[1, 2, 2], vec![1.0_f32, 2.0, 3.0, 4.0]).unwrap();
    let path = folder.path().join("vectors.safetensors");
    tensor_file::write_array(&path, &vectors, "vectors").unwrap();
    write(folder.path(), "page.npy", b"<!DOCTYPE html>");
    folder
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    fs::write(folder.join(name), bytes).unwrap();
}

/// The arguments of a line, in which FOLDER stands for the folder of the files.
fn arguments(line: &str, folder: &Path) -> Vec<String> {
    let folder = folder.to_str().unwrap();
    let words = line.split_whitespace();
    words.map(|word| word.replace("FOLDER", folder)).collect()
}

#[test]
fn inputs_and_outputs_have_names() {
    let folder = files();
    let line = "run FOLDER/net.onnx --input photo=FOLDER/photo.npy --input vectors=FOLDER/vectors.safetensors \
                --output product=FOLDER/product.safetensors --output doubled=FOLDER/doubled.npy --adapter cpu --json";
    let line = arguments(line, folder.path());
    let answer = json(&line.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(answer["outputs"][0]["name"], "product");
    assert_eq!(
        answer["outputs"][1]["shape"],
        serde_json::json!([1, 2, 1, 3])
    );
    let product = tensor_file::read_array(&folder.path().join("product.safetensors"), "product");
    let product = product.unwrap();
    assert_eq!(product.dims()[..], [1, 2, 3]);
    let expected = vec![1.0, 2.0, 8.0, 3.0, 4.0, 18.0];
    assert_eq!(product.values(), &Values::F32(expected));
    // The output has its channels last, as the file says.
    let doubled = npy::read(&folder.path().join("doubled.npy")).unwrap();
    let expected = vec![2.0, 6.0, 10.0, 4.0, 8.0, 510.0];
    assert_eq!(doubled.values(), &Values::F32(expected));
}

#[test]
fn names_and_tensors_that_do_not_fit_are_told() {
    let folder = files();
    let takes = "it takes photo (3x2x1) and vectors (f32[N, 2, 2]), and gives doubled (2x1x3) and product (f32[N, 2, 3])";
    let photo = "--input photo=FOLDER/photo.npy";
    let vectors = "--input vectors=FOLDER/vectors.safetensors";
    let output = "--output product=FOLDER/product.npy";
    for (line, says) in [
        (
            format!("{photo} {vectors} --input mask=FOLDER/photo.npy {output}"),
            format!("net has no input \"mask\"; {takes}"),
        ),
        (
            format!("{photo} {vectors} --output scores=FOLDER/scores.npy"),
            format!("net has no output \"scores\"; {takes}"),
        ),
        (
            format!("{photo} {vectors} {photo} {output}"),
            format!("net got the input \"photo\" twice; {takes}"),
        ),
        (
            format!("{photo} --input FOLDER/vectors.safetensors --dimension length=2 {output}"),
            format!("net has 2 inputs, so a file of one needs its name; {takes}; --input NAME=FILE"),
        ),
        (
            format!("{photo} {vectors} --output FOLDER/answer"),
            format!("net has 2 outputs, so a file of one needs its name; {takes}; --output NAME=FILE"),
        ),
        (
            format!("{photo} --dimension length=2 {output}"),
            format!("net needs the input \"vectors\"; {takes}"),
        ),
        (
            format!("{photo} --dimension size=2 {output}"),
            "FOLDER/net.onnx: no extent of an input is called \"size\"; there are batch, columns, length, rows"
                .to_owned(),
        ),
        (
            format!("{photo} {output}"),
            "FOLDER/net.onnx: input vectors: the file leaves the extent length of [batch, length, 2] open, and it is \
             not set; --dimension NAME=N sets one that has a name, and `menagerie run` those of its inputs"
                .to_owned(),
        ),
        (
            format!("--input photo=FOLDER/vectors.safetensors {vectors} {output}"),
            "net: photo: expected [N, 3, 224, 224], found [1, 2, 2]".to_owned(),
        ),
        (
            format!("--input photo=FOLDER/last.npy {vectors} {output}"),
            "net: photo: expected [N, 3, 5, 3], found [1, 4, 5, 3]; channels come before rows and columns".to_owned(),
        ),
        (
            format!("--input photo=FOLDER/page.npy {vectors} {output}"),
            "FOLDER/page.npy: expected a safetensors or PyTorch file, found a web page instead of the file; download the \
             file itself"
                .to_owned(),
        ),
        (
            format!("{photo} {vectors} {output} --output doubled=FOLDER/product.npy"),
            "FOLDER/product.npy: cannot be the file of two outputs".to_owned(),
        ),
    ] {
        let line = arguments(&format!("run FOLDER/net.onnx --adapter cpu {line}"), folder.path());
        let ending = end(command(&line.iter().map(String::as_str).collect::<Vec<_>>()));
        let says = arguments(&says, folder.path()).join(" ");
        assert_eq!(ending.stderr, format!("error: {says}\n"), "{line:?}");
        assert_eq!(ending.status, Some(1), "{line:?}");
    }
}

/// Commands for photos need one image, and scores of classes or pixels.
#[test]
fn networks_that_are_not_for_photos_are_told() {
    let folder = files();
    let boxes = [node("Reshape", &["x", "shape"], &["boxes"])];
    let shape = Message::default().bytes(8, "shape").int(2, 7);
    let shape = [1, 96, 32]
        .iter()
        .fold(shape, |shape, &extent| shape.int(7, extent));
    let shape = shape.int(1, 3);
    let inputs = [open_port("x", &["1", "3", "32", "32"])];
    let graph = graph_of(&inputs, &["boxes"], &boxes, &[shape]);
    write(folder.path(), "boxes.onnx", &model(17, graph).0);
    let two = "net: expected 1 input, found 2; it takes photo (3x224x224) and vectors (f32[N, 2, 2]), and gives doubled \
               (224x224x3) and product (f32[N, 2, 3])";
    let one = "boxes: expected an image or a vector as the answer; it takes x (3x32x32), and gives boxes (f32[N, 96, 32])";
    let of_two = "--model FOLDER/net.onnx --dimension length=2";
    for (line, says) in [
        (format!("embed samples/cat.png --json {of_two}"), two),
        (
            "classify samples/cat.png --model FOLDER/boxes.onnx".to_owned(),
            one,
        ),
        (
            "segment samples/cat.png --model FOLDER/boxes.onnx -o FOLDER/x.png".to_owned(),
            one,
        ),
    ] {
        let line = arguments(&format!("{line} --adapter cpu"), folder.path());
        let ending = end(command(
            &line.iter().map(String::as_str).collect::<Vec<_>>(),
        ));
        let error = ending.stderr.lines().last().unwrap_or_default();
        assert_eq!(error, format!("error: {says}"), "{line:?}");
        assert_eq!(ending.status, Some(1), "{line:?}");
    }
}

#[test]
fn extents_of_one_name_open_a_network() {
    let folder = files();
    let line = "summary FOLDER/net.onnx --dimension length=5 --size 4";
    let line = arguments(line, folder.path());
    let text = prints(&line.iter().map(String::as_str).collect::<Vec<_>>());
    let expected = "Inputs: photo (3x4x4), vectors (f32[N, 5, 2])\nOutputs: doubled (4x4x3), product (f32[N, 5, 3])\n";
    assert!(text.ends_with(expected), "{text}");
}
