//! Files that people have beside their weights, and weights in formats that are not read: each is named, with what can
//! be done.

use std::path::Path;

use super::Refusal;

/// What can be done with Keras's files.
pub(super) const CONVERT: &str = "tools/convert.py converts it";

/// What can be done with other files of TensorFlow.
pub(super) const CONVERT_KERAS: &str = "tools/convert.py converts Keras's own files";

/// What can be done with NumPy's files.
pub(super) const SAVE_ARRAYS: &str = "save its arrays by safetensors.numpy.save_file";

/// What can be done with the formats of other programs.
pub(super) const SAVE_ORIGINAL: &str =
    "save the weights that it was made from, as a state dict or a safetensors file";

/// What can be done with archives.
pub(super) const UNPACK: &str = "unpack it first";

const DOWNLOAD: &str = "download the file itself";

const ELSEWHERE: &str = "the weights are in another file";

/// Bytes at a position of a file, and what it is.
type Signature = (usize, &'static [u8], &'static str);

/// What can be done with a file, if anything, and the files that this is true for.
const SIGNATURES: [(&str, &[Signature]); 10] = [
    (
        CONVERT,
        &[(
            0,
            b"\x89HDF\r\n\x1a\n",
            "an HDF5 file, as Keras saves weights",
        )],
    ),
    // A protocol buffer: the version 1, followed by a message.
    (
        CONVERT_KERAS,
        &[(0, b"\x08\x01\x12", "a TensorFlow SavedModel")],
    ),
    (SAVE_ARRAYS, &[(0, b"\x93NUMPY", "a NumPy array")]),
    (
        SAVE_ORIGINAL,
        &[
            (0, b"GGUF", "a GGUF file"),
            (0, b"lmgg", "a GGML file"),
            (0, b"tjgg", "a GGML file"),
            (4, b"TFL3", "a TensorFlow Lite model"),
            (4, b"ET12", "an ExecuTorch program"),
            (4, b"ORTM", "a model in ONNX Runtime's own format"),
            (0, b"7767517\n", "the .param file of an ncnn model"),
            (0, b"7767517\r\n", "the .param file of an ncnn model"),
            (
                0,
                b"\xdd\x85\x76\x00",
                "the .param.bin file of an ncnn model",
            ),
            (0, b"\x47\x6b\x30\x01", "the .bin file of an ncnn model"),
            (0, b"\x38\x4b\x0d\x00", "the .bin file of an ncnn model"),
            (0, b"\x56\xc0\x02\x00", "the .bin file of an ncnn model"),
            (0, b"\x12\x01\0\0\0\0\0\0", "an MXNet file"),
            (0, b"<net", "an OpenVINO model"),
        ],
    ),
    (
        "load it in Python, and save it with torch.save",
        &[(0, b"\x80", "a pickle that torch.save did not write")],
    ),
    (
        "`git lfs pull` downloads it",
        &[(
            0,
            b"version https://git-lfs.github.com/",
            "a Git LFS pointer instead of the file",
        )],
    ),
    (
        DOWNLOAD,
        &[
            (0, b"<!DOCTYPE", "a web page instead of the file"),
            (0, b"<!doctype", "a web page instead of the file"),
            (0, b"<html", "a web page instead of the file"),
            (0, b"<HTML", "a web page instead of the file"),
            (0, b"<?xml", "an XML document"),
        ],
    ),
    (
        ELSEWHERE,
        &[(0, b"{", "a JSON file"), (0, b"[", "a JSON file")],
    ),
    (
        UNPACK,
        &[
            (0, b"\x1f\x8b", "a gzip archive"),
            (0, b"BZh", "a bzip2 archive"),
            (0, b"\xfd7zXZ", "an xz archive"),
            (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
            (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
            (0, b"Rar!", "a RAR archive"),
        ],
    ),
    (
        "",
        &[
            (0, b"\x89PNG", "a PNG picture"),
            (0, b"\xff\xd8\xff", "a JPEG picture"),
            (0, b"GIF8", "a GIF picture"),
            (0, b"BM", "a BMP picture"),
            (0, b"II*\0", "a TIFF picture"),
            (0, b"MM\0*", "a TIFF picture"),
            (8, b"WEBP", "a WebP picture"),
            (4, b"ftyp", "a HEIC or AVIF picture, or a video"),
            (0, b"%PDF", "a PDF document"),
            (0, b"\x7fELF", "a program"),
            (0, b"MZ", "a program"),
            (0, b"#!", "a script"),
        ],
    ),
];

/// Files whose content does not say what they are: the end of the name, what it is, and what can be done.
const ENDINGS: [(&str, &str, &str); 14] = [
    (".onnx", "an ONNX model", SAVE_ORIGINAL),
    (".pb", "a TensorFlow graph", CONVERT_KERAS),
    (
        ".index",
        "the index of a TensorFlow checkpoint",
        CONVERT_KERAS,
    ),
    (".caffemodel", "a Caffe model", SAVE_ORIGINAL),
    (".prototxt", "the text of a Caffe model", SAVE_ORIGINAL),
    (".mlmodel", "a Core ML model", SAVE_ORIGINAL),
    (".msgpack", "a Flax checkpoint", SAVE_ORIGINAL),
    (".engine", "a TensorRT engine", SAVE_ORIGINAL),
    (".plan", "a TensorRT engine", SAVE_ORIGINAL),
    (".pdparams", "a PaddlePaddle file", SAVE_ORIGINAL),
    (".pdiparams", "a PaddlePaddle file", SAVE_ORIGINAL),
    (".weights", "a Darknet file", SAVE_ORIGINAL),
    (".param", "the .param file of a model", SAVE_ORIGINAL),
    (
        ".bin",
        "numbers without names, as in the .bin file of an ncnn model",
        SAVE_ORIGINAL,
    ),
];

/// Returns the refusal of a file that starts with `beginning`, if it is of a known format or not called like a
/// safetensors file.
pub(super) fn named(label: &str, beginning: &[u8]) -> Option<Refusal> {
    let name = label.to_ascii_lowercase();
    let onnx = is_onnx(beginning).then_some(("an ONNX model", SAVE_ORIGINAL));
    let found = onnx.or_else(|| content(beginning));
    match found.or_else(|| ending(&name)) {
        Some((what, advice)) => Some(refusal(what, advice)),
        None if name.ends_with(".safetensors") => None,
        None if is_text(beginning) => Some(refusal("a text file", ELSEWHERE)),
        None => Some(refusal("a file of an unknown format", "")),
    }
}

/// Returns the refusal of a file that starts with `beginning` and is not `expected`, if it is of a known format.
#[cfg(feature = "onnx")]
pub(super) fn instead_of(expected: &str, beginning: &[u8]) -> Option<Refusal> {
    let text = is_text(beginning).then_some(("a text file", ""));
    let (what, advice) = content(beginning).or(text)?;
    Some(refused(expected, what, advice))
}

/// Returns the refusal of a file of weights that is `what`.
pub(super) fn refusal(what: &str, advice: &str) -> Refusal {
    refused("a safetensors or PyTorch file", what, advice)
}

/// Returns the refusal of a file that is `what` and not `expected`.
pub(super) fn refused(expected: &str, what: &str, advice: &str) -> Refusal {
    let advice = match advice {
        "" => String::new(),
        advice => format!("; {advice}"),
    };
    Refusal::new(format!("expected {expected}, found {what}{advice}"))
}

/// Returns what a file is that starts with `beginning`, and what can be done with it, as far as the content tells.
fn content(beginning: &[u8]) -> Option<(&'static str, &'static str)> {
    if beginning.is_empty() {
        Some(("an empty file", "download or copy it again"))
    } else if is_tar(beginning) {
        Some(tar(beginning))
    } else if is_graph(beginning) {
        Some(("a frozen TensorFlow graph", CONVERT_KERAS))
    } else {
        signature(beginning).or_else(|| signature(beginning.trim_ascii_start()))
    }
}

fn signature(beginning: &[u8]) -> Option<(&'static str, &'static str)> {
    SIGNATURES.iter().find_map(|(advice, files)| {
        let found = files.iter().find(|(position, bytes, _)| {
            let rest = beginning.get(*position..);
            rest.is_some_and(|rest| rest.starts_with(bytes))
        });
        found.map(|(_, _, what)| (*what, *advice))
    })
}

fn ending(name: &str) -> Option<(&'static str, &'static str)> {
    if name.contains(".data-0000") {
        return Some(("the data of a TensorFlow checkpoint", CONVERT_KERAS));
    }
    let found = ENDINGS.iter().find(|(ending, ..)| name.ends_with(ending));
    found.map(|&(_, what, advice)| (what, advice))
}

fn is_tar(beginning: &[u8]) -> bool {
    beginning
        .get(257..)
        .is_some_and(|rest| rest.starts_with(b"ustar"))
}

/// Before version 0.1.10, PyTorch wrote tar archives with these files.
fn tar(beginning: &[u8]) -> (&'static str, &'static str) {
    let name = beginning
        .split(|&byte| byte == 0)
        .next()
        .unwrap_or_default();
    let name = String::from_utf8_lossy(name);
    let name = Path::new(&*name).file_name().unwrap_or_default();
    let members = ["sys_info", "pickle", "storages", "tensors"];
    match members.iter().any(|member| name == *member) {
        true => (
            "a PyTorch file of before version 0.1.10, a tar archive",
            "load it in PyTorch, and save it again",
        ),
        false => ("a tar archive", UNPACK),
    }
}

/// An ONNX model is a protocol buffer: its version from 3 on, and the name of its producer, its operators or its graph.
fn is_onnx(beginning: &[u8]) -> bool {
    matches!(beginning, [0x08, 3..=32, 0x12 | 0x1a | 0x3a | 0x42, ..])
}

/// A TensorFlow graph is a protocol buffer of nodes, and the first has a name and an operation.
fn is_graph(beginning: &[u8]) -> bool {
    let Some((_, rest)) = field(beginning, 0x0a) else {
        return false;
    };
    let Some((name, rest)) = field(rest, 0x0a) else {
        return false;
    };
    let operation = field(rest.get(name..).unwrap_or_default(), 0x12);
    operation.is_some_and(|(length, rest)| {
        let operation = rest.get(..length).unwrap_or_default();
        !operation.is_empty() && operation.iter().all(u8::is_ascii_alphanumeric)
    })
}

/// Returns the length of the field `tag` at the beginning of a protocol buffer, and the bytes after the length.
fn field(bytes: &[u8], tag: u8) -> Option<(usize, &[u8])> {
    let rest = bytes.strip_prefix(&[tag])?;
    let digits = 1 + rest
        .iter()
        .take(4)
        .take_while(|&&byte| byte >= 0x80)
        .count();
    let (length, rest) = rest.split_at_checked(digits)?;
    let length = length
        .iter()
        .rev()
        .fold(0, |length, &byte| length << 7 | usize::from(byte & 0x7f));
    Some((length, rest))
}

fn is_text(beginning: &[u8]) -> bool {
    let is_plain = |&byte: &u8| byte >= b' ' || byte.is_ascii_whitespace();
    beginning.iter().all(is_plain)
}
