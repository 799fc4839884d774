//! Files that are no weights, or weights of other programs: each is named as what it is.

use std::fs;
use std::io::Write;

use menagerie::ErrorKind;
use menagerie::weights::Weights;
use rawzip::ZipArchiveWriter;

/// A file begins with `bytes`, as real ones do, and goes on.
fn beginning(bytes: &[u8]) -> Vec<u8> {
    let mut file = bytes.to_vec();
    file.resize(600, 0xab);
    file
}

fn tar(name: &str) -> Vec<u8> {
    let mut file = vec![0; 1024];
    file[..name.len()].copy_from_slice(name.as_bytes());
    file[257..262].copy_from_slice(b"ustar");
    file
}

fn zip(names: &[&str]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut file);
    for name in names {
        let (mut entry, config) = archive.new_file(name).start().unwrap();
        let mut writer = config.wrap(&mut entry);
        writer.write_all(b"abc").unwrap();
        let (_, descriptor) = writer.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    file
}

#[test]
fn files_are_named_as_what_they_are() {
    let convert = "; tools/convert.py converts it";
    let keras = "; tools/convert.py converts Keras's own files";
    let save = "; save the weights that it was made from, as a state dict or a safetensors file";
    let arrays = "; save its arrays by safetensors.numpy.save_file";
    let download = "; download the file itself";
    let unpack = "; unpack it first";
    let load = "; load it in PyTorch, and save its state_dict()";
    let elsewhere = "; the weights are in another file";
    let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        (
            "x.h5",
            beginning(b"\x89HDF\r\n\x1a\n\0\0\0\0"),
            "an HDF5 file, as Keras saves weights",
            convert,
        ),
        (
            "x.keras",
            zip(&["metadata.json", "config.json", "model.weights.h5"]),
            "a Keras model",
            convert,
        ),
        (
            "x.onnx",
            beginning(b"\x08\x08\x12\x07pytorch"),
            "an ONNX model",
            save,
        ),
        (
            "x.onnx",
            beginning(b"\x08\x07:\xff\x01\x0a"),
            "an ONNX model",
            save,
        ),
        ("x.gguf", beginning(b"GGUF\x03\0\0\0"), "a GGUF file", save),
        ("x.npz", zip(&["a.npy"]), "a NumPy archive", arrays),
        (
            "x.npy",
            beginning(b"\x93NUMPY\x01\0"),
            "a NumPy array",
            arrays,
        ),
        (
            "x.param",
            b"7767517\n75 83\nInput".to_vec(),
            "the .param file of an ncnn model",
            save,
        ),
        (
            "x.bin",
            beginning(b"\x47\x6b\x30\x01"),
            "the .bin file of an ncnn model",
            save,
        ),
        (
            "x.bin",
            beginning(b"\0\0\0\0\xa4\x3b\x9d\x3e"),
            "numbers without names, as in the .bin file of an ncnn model",
            save,
        ),
        (
            "x.tflite",
            beginning(b"\x20\0\0\0TFL3"),
            "a TensorFlow Lite model",
            save,
        ),
        (
            "x.pb",
            beginning(b"\x0a\x1b\x0a\x05input\x12\x0bPlaceholder"),
            "a frozen TensorFlow graph",
            keras,
        ),
        (
            "saved_model.pb",
            beginning(b"\x08\x01\x12\xa5\x20\x0a"),
            "a TensorFlow SavedModel",
            keras,
        ),
        (
            "model.ckpt.data-00000-of-00001",
            beginning(b"\0\0\0\0"),
            "the data of a TensorFlow checkpoint",
            keras,
        ),
        (
            "x.json",
            b"{\"architectures\": []}".to_vec(),
            "a JSON file",
            elsewhere,
        ),
        (
            "x.pth",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 46830571\n"
                .to_vec(),
            "a Git LFS pointer instead of the file",
            "; `git lfs pull` downloads it",
        ),
        (
            "x.safetensors",
            b"\n<!DOCTYPE html><html>".to_vec(),
            "a web page instead of the file",
            download,
        ),
        (
            "x.safetensors",
            b"".to_vec(),
            "an empty file",
            "; download or copy it again",
        ),
        (
            "x.png",
            beginning(b"\x89PNG\r\n\x1a\n"),
            "a PNG picture",
            "",
        ),
        (
            "x.jpg",
            beginning(b"\xff\xd8\xff\xe0"),
            "a JPEG picture",
            "",
        ),
        ("x.tar", tar("model.pth"), "a tar archive", unpack),
        (
            "x.pth",
            tar("sys_info"),
            "a PyTorch file of before version 0.1.10, a tar archive",
            "; load it in PyTorch, and save it again",
        ),
        (
            "x.tar.gz",
            beginning(b"\x1f\x8b\x08"),
            "a gzip archive",
            unpack,
        ),
        (
            "x.zip",
            zip(&["a/readme.txt"]),
            "a ZIP archive that torch.save did not write",
            unpack,
        ),
        (
            "x.pt2",
            zip(&["a/models/model.json", "a/archive_format"]),
            "a program of torch.export",
            load,
        ),
        (
            "x.pkl",
            b"\x80\x04\x95\x05\0\0\0\0\0\0\0}.".to_vec(),
            "a pickle that torch.save did not write",
            "; load it in Python, and save it with torch.save",
        ),
        ("x.txt", b"resnet18".to_vec(), "a text file", elsewhere),
        (
            "x",
            beginning(b"\x03\x04\x05"),
            "a file of an unknown format",
            "",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, what, advice) in cases {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let error = Weights::open(&path).unwrap_err();
        let expected = "expected a safetensors or PyTorch file";
        assert_eq!(
            error.to_string(),
            format!("{}: {expected}, found {what}{advice}", path.display())
        );
        assert_eq!(error.kind(), ErrorKind::Weights);
    }
}

/// Each known format by what tells it: the bytes that a file begins with, or its name, and files that are not quite like it.
#[test]
fn what_tells_a_format_is_exact() {
    let unknown = "a file of an unknown format";
    let graph = |node: &[u8], name: &[u8], rest: &[u8]| [node, name, rest].concat();
    let long_name = b"n".repeat(200);
    let at = |position: usize, bytes: &[u8]| [&b"\x01".repeat(position), bytes].concat();
    let ncnn = "the .bin file of an ncnn model";
    let param = "the .param file of an ncnn model";
    let page = "a web page instead of the file";
    let onnx = "an ONNX model";
    let frozen = "a frozen TensorFlow graph";
    let old = "a PyTorch file of before version 0.1.10, a tar archive";
    let by_content: Vec<(Vec<u8>, &str)> = vec![
        (b"lmgg".to_vec(), "a GGML file"),
        (b"tjgg".to_vec(), "a GGML file"),
        (at(4, b"ET12"), "an ExecuTorch program"),
        (at(4, b"ORTM"), "a model in ONNX Runtime's own format"),
        (at(3, b"ORTM"), unknown),
        (at(5, b"TFL3"), unknown),
        (b"7767517\r\n".to_vec(), param),
        (b"7767517".to_vec(), "a text file"),
        (
            b"\xdd\x85\x76\x00".to_vec(),
            "the .param.bin file of an ncnn model",
        ),
        (b"\x38\x4b\x0d\x00".to_vec(), ncnn),
        (b"\x56\xc0\x02\x00".to_vec(), ncnn),
        (b"\x12\x01\0\0\0\0\0\0".to_vec(), "an MXNet file"),
        (b"\x12\x01\0\0\0\0\0\x01".to_vec(), unknown),
        (b"<net name".to_vec(), "an OpenVINO model"),
        (b"<!doctype html>".to_vec(), page),
        (b"<html>".to_vec(), page),
        (b" \n<HTML>".to_vec(), page),
        (b"<?xml".to_vec(), "an XML document"),
        (b"[1]".to_vec(), "a JSON file"),
        (b"BZh9".to_vec(), "a bzip2 archive"),
        (b"\xfd7zXZ".to_vec(), "an xz archive"),
        (b"\x28\xb5\x2f\xfd".to_vec(), "a Zstandard archive"),
        (b"7z\xbc\xaf\x27\x1c".to_vec(), "a 7-Zip archive"),
        (b"Rar!".to_vec(), "a RAR archive"),
        (b"GIF89a".to_vec(), "a GIF picture"),
        (b"BM".to_vec(), "a BMP picture"),
        (b"II*\0".to_vec(), "a TIFF picture"),
        (b"MM\0*".to_vec(), "a TIFF picture"),
        (at(8, b"WEBP"), "a WebP picture"),
        (at(4, b"ftyp"), "a HEIC or AVIF picture, or a video"),
        (b"%PDF".to_vec(), "a PDF document"),
        (b"\x7fELF".to_vec(), "a program"),
        (b"MZ".to_vec(), "a program"),
        (b"#!/bin/sh".to_vec(), "a script"),
        // The version of an ONNX file is from 3 on, and its second field one of four.
        (b"\x08\x03\x12".to_vec(), onnx),
        (b"\x08\x20\x1a".to_vec(), onnx),
        (b"\x08\x08\x3a".to_vec(), onnx),
        (b"\x08\x08\x42".to_vec(), onnx),
        (b"\x08\x02\x12".to_vec(), unknown),
        (b"\x08\x21\x12".to_vec(), unknown),
        (b"\x08\x08\x13".to_vec(), unknown),
        (b"\x08\x08".to_vec(), unknown),
        // The first node of a graph has a name and an operation, and lengths of one or two bytes.
        (graph(b"\x0a\x08\x0a\x01", b"x", b"\x12\x03Add"), frozen),
        (
            graph(b"\x0a\xd3\x01\x0a\xc8\x01", &long_name, b"\x12\x06Conv2D"),
            frozen,
        ),
        (graph(b"\x0a\x08\x0a\x01", b"x", b"\x12\x03A+d"), unknown),
        (graph(b"\x0a\x08\x0a\x01", b"x", b"\x12\x00\xab"), unknown),
        (graph(b"\x0a\x08\x0a\x01", b"x", b"\x12\x04Add"), unknown),
        (graph(b"\x0a\x08\x0a\x02", b"x", b"\x12\x03Add"), unknown),
        (graph(b"\x0a\x08\x0b\x01", b"x", b"\x12\x03Add"), unknown),
        (graph(b"\x0b\x08\x0a\x01", b"x", b"\x12\x03Add"), unknown),
        // A tar archive tells it after its first 257 bytes, and begins with the name of a file.
        (tar("pickle"), old),
        (tar("a/storages"), old),
        (tar("tensors"), old),
        (tar("tensors.txt"), "a tar archive"),
        (at(257, b"ustar"), "a tar archive"),
        (at(256, b"ustar"), unknown),
        (at(258, b"ustar"), unknown),
        // Text has no other control characters than white space.
        (b"a\tb\r\n\x0c\xc3\xa9".to_vec(), "a text file"),
        (b"a\x0bb".to_vec(), unknown),
        (b"a\x1bb".to_vec(), unknown),
    ];
    for (bytes, what) in by_content {
        let error = Weights::from_bytes("x", bytes.clone()).unwrap_err();
        let expected = format!("x: expected a safetensors or PyTorch file, found {what}");
        let found = error.to_string();
        let found = found.split(';').next().unwrap();
        assert_eq!(found, expected, "{}", bytes.escape_ascii());
    }
    for (name, what) in [
        ("x.onnx", onnx),
        ("x.PB", "a TensorFlow graph"),
        ("x.index", "the index of a TensorFlow checkpoint"),
        (
            "x.data-00000-of-00002",
            "the data of a TensorFlow checkpoint",
        ),
        ("x.data-1", unknown),
        ("x.caffemodel", "a Caffe model"),
        ("x.prototxt", "the text of a Caffe model"),
        ("x.mlmodel", "a Core ML model"),
        ("x.msgpack", "a Flax checkpoint"),
        ("x.engine", "a TensorRT engine"),
        ("x.plan", "a TensorRT engine"),
        ("x.pdparams", "a PaddlePaddle file"),
        ("x.pdiparams", "a PaddlePaddle file"),
        ("x.weights", "a Darknet file"),
        ("x.param", "the .param file of a model"),
        ("x.binary", unknown),
        ("param", unknown),
    ] {
        let error = Weights::from_bytes(name, &b"\xab\0\x01\xff"[..]).unwrap_err();
        let expected = format!("{name}: expected a safetensors or PyTorch file, found {what}");
        let found = error.to_string();
        assert_eq!(found.split(';').next().unwrap(), expected);
    }
    // By this name, a file is one that is damaged.
    for (name, says) in [
        ("x.safetensors", "not a valid safetensors file"),
        ("x.SafeTensors", "not a valid safetensors file"),
        (
            "safetensors",
            "expected a safetensors or PyTorch file, found a file of an unknown format",
        ),
    ] {
        let error = Weights::from_bytes(name, &b"\xab\0\x01\xff"[..]).unwrap_err();
        assert!(
            error.to_string().starts_with(&format!("{name}: {says}")),
            "{error}"
        );
    }
}

#[test]
fn folders_are_named_by_what_is_in_them() {
    for (file, what) in [
        ("other", "a folder"),
        (
            "model.safetensors",
            "a folder; its weights are in model.safetensors",
        ),
        (
            "saved_model.pb",
            "the folder of a TensorFlow SavedModel; tools/convert.py converts Keras's own files",
        ),
        (
            "data.pkl",
            "the folder of an unpacked PyTorch file; pack it as a ZIP archive without compression",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(file), b"").unwrap();
        let error = Weights::open(folder.path()).unwrap_err();
        let expected = "expected a safetensors or PyTorch file";
        assert_eq!(
            error.to_string(),
            format!("{}: {expected}, found {what}", folder.path().display())
        );
    }
}
