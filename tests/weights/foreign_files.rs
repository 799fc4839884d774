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

pub fn tar(name: &str) -> Vec<u8> {
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
