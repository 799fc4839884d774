//! The marks of other formats: the bytes that a file begins with, or its name.

use menagerie::weights::Weights;

use crate::foreign_files::tar;

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
