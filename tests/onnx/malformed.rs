//! Files that are damaged, hostile or not supported. Each gets one clear line.

use std::fs;

use menagerie::ErrorKind;
use menagerie::onnx::{Model, Options};
use proptest::prelude::*;

use super::node_cases;
use super::writer::{
    Message, external, graph, graph_of, integers, model, node, of_node, port, tensor, values,
};

pub fn imported(bytes: Vec<u8>) -> menagerie::Result<()> {
    let model = Model::from_bytes("net.onnx", bytes)?;
    let graph = model.graph(&Options::default())?;
    model.weights(&graph).map(|_| ())
}

pub fn refused(bytes: Vec<u8>) -> (ErrorKind, String) {
    let error = imported(bytes).expect_err("an error");
    (error.kind(), error.to_string())
}

/// A function `f` of the domain `own` that calls itself.
fn endless() -> Message {
    let call = node("f", &["a"], &["b"]).bytes(7, "own");
    let function = Message::default().bytes(1, "f").bytes(4, "a").bytes(5, "b");
    let function = function.message(7, call).bytes(10, "own");
    let call = node("f", &["x"], &["y"]).bytes(7, "own");
    model(17, graph(&[call], &[])).message(25, function)
}

/// A constant of three values, which is split into parts of these sizes.
pub fn split_into(sizes: &[i64]) -> Vec<u8> {
    let axis = Message::default().bytes(1, "axis").int(3, 1);
    let split = node("Split", &["constant", "sizes"], &["a", "b", "c"]);
    let nodes = [split.message(5, axis), node("Add", &["x", "a"], &["y"])];
    let constant = values("constant", &[1, 3], &[1.0, 2.0, 3.0]);
    model(17, graph(&nodes, &[constant, integers("sizes", sizes)])).0
}

/// A node with a large input.
fn of_large(node: Message) -> Vec<u8> {
    let input = port("x", &[1, 1, 1 << 20, 1 << 20]);
    let place = integers("place", &[0, 0, 0, 0]);
    let new = values("new", &[1], &[1.0]);
    model(17, graph_of(&[input], &["y"], &[node], &[place, new])).0
}

#[test]
fn what_is_wrong_is_told_in_one_line() {
    let relu = node("Relu", &["x"], &["y"]);
    let one = std::slice::from_ref(&relu);
    let with = |tensor: Message| model(17, graph(one, &[tensor])).0;
    let cycle = [
        node("Add", &["x", "b"], &["a"]),
        node("Relu", &["a"], &["b"]),
    ];
    let with_int = |op: &str, name: &str, value: i64| {
        let attribute = Message::default().bytes(1, name).int(3, value);
        node(op, &["x"], &["y"]).message(5, attribute)
    };
    let whole = with(values("w", &[3], &[1.0, 2.0, 3.0]));
    let cut = whole[..whole.len() - 9].to_vec();
    let cases: [(&str, Vec<u8>, &str); 23] = [
        (
            "cut short",
            cut,
            "net.onnx: not a valid ONNX file, it is damaged or cut short: ",
        ),
        (
            "no operator set",
            Message::default().message(7, graph(one, &[])).0,
            "expected an operator set, found none",
        ),
        (
            "old",
            model(6, graph(one, &[])).0,
            "expected an operator set from 7 to 28, found 6",
        ),
        (
            "new",
            model(99, graph(one, &[])).0,
            "expected an operator set from 7 to 28, found 99",
        ),
        (
            "no graph",
            Message::default()
                .message(8, Message::default().int(2, 17))
                .0,
            "expected a graph, found none",
        ),
        (
            "cycle",
            model(17, graph(&cycle, &[])).0,
            "a: expected an input that an earlier node computes, found b",
        ),
        (
            "two results",
            model(17, graph(&[relu.clone(), relu.clone()], &[])).0,
            "y: expected a new result, found y, which exists already",
        ),
        (
            "no output",
            model(17, graph(&[node("Relu", &["x"], &["z"])], &[])).0,
            "no node computes the output y",
        ),
        (
            "endless",
            endless().0,
            "functions call each other without end",
        ),
        (
            "short data",
            with(values("w", &[3], &[1.0, 2.0])),
            "w: expected 12 bytes for 3 elements of float, found 8",
        ),
        (
            "no data",
            with(tensor("w", &[3])),
            "w: expected 3 elements of float, found 0",
        ),
        (
            "huge",
            with(tensor("w", &[1 << 40, 1 << 40])),
            "w: expected extents of at most 2^40 elements",
        ),
        (
            "negative",
            with(tensor("w", &[-3])),
            "w: expected extents of at most 2^40 elements",
        ),
        (
            "text",
            with(Message::default().bytes(8, "w").int(2, 8)),
            "w: tensors of string are not supported",
        ),
        (
            "other operation",
            of_node(node("Frobnicate", &["x"], &["y"])),
            "net.onnx: not supported (operator set 17): 1 Frobnicate (y): this operation is not known",
        ),
        (
            "other attribute",
            of_node(with_int("Relu", "slope", 1)),
            "1 Relu (y): the attribute slope is not known",
        ),
        (
            "blocks of which there is none",
            of_node(with_int("DepthToSpace", "blocksize", 2)),
            "expected a multiple of 2 * 2 channels, found 3",
        ),
        (
            "blocks whose area is 0 modulo 2^64",
            of_node(with_int("DepthToSpace", "blocksize", 1 << 32)),
            "expected a multiple of 4294967296 * 4294967296 channels, found 3",
        ),
        (
            "blocks that cover a part",
            of_node(with_int("SpaceToDepth", "blocksize", 5)),
            "expected a height and width of multiples of 5, found 32x32",
        ),
        (
            "parts whose sum is right modulo 2^64",
            split_into(&[i64::MAX, i64::MAX, 5]),
            "expected parts that make 3, found",
        ),
        (
            "a large triangle",
            of_large(node("Trilu", &["x"], &["y"])),
            "a triangle of 1048576x1048576 is too large",
        ),
        (
            "a large image with one new value",
            of_large(node("ScatterND", &["x", "place", "new"], &["y"])),
            "updates of 1099511627776 values are too many",
        ),
        (
            "neither yes nor no",
            of_node(with_int("ReduceMax", "keepdims", 3)),
            "expected keepdims to be 0 or 1, found 3",
        ),
    ];
    for (name, bytes, expected) in cases {
        let (kind, message) = refused(bytes);
        assert!(message.contains(expected), "{name}: {message}");
        assert!(!message.contains('\n'), "{name}: {message}");
        assert!(
            matches!(kind, ErrorKind::Model | ErrorKind::Unsupported),
            "{name}: {kind:?}"
        );
    }
}

/// Files of other formats are named, as those of weights are.
#[test]
fn files_of_other_formats_are_named() {
    let zip = "a ZIP archive, as PyTorch and Keras save weights; weights alone are no network: those of the zoo's \
               networks take them";
    let mut safetensors = 2_u64.to_le_bytes().to_vec();
    safetensors.extend(b"{}");
    let cases: [(&[u8], &str); 16] = [
        (b"", "an empty file; download or copy it again"),
        (
            b"<!DOCTYPE html><html>",
            "a web page instead of the file; download the file itself",
        ),
        (
            b"\n  <html lang=\"en\">",
            "a web page instead of the file; download the file itself",
        ),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n",
            "a Git LFS pointer instead of the file; `git lfs pull` downloads it",
        ),
        (b"\x1f\x8b\x08\0\0\0\0\0", "a gzip archive; unpack it first"),
        (
            b"\x89HDF\r\n\x1a\n",
            "an HDF5 file, as Keras saves weights; tools/convert.py converts it",
        ),
        (
            &safetensors,
            "a safetensors file; weights alone are no network: those of the zoo's networks take them",
        ),
        (b"PK\x03\x04\x14\0\0\0", zip),
        (
            b"\x20\0\0\0TFL3\0\0",
            "a TensorFlow Lite model; save the weights that it was made from, as a state dict or a safetensors file",
        ),
        (
            b"\x20\0\0\0ORTM\0\0",
            "a model in ONNX Runtime's own format; save the weights that it was made from, as a state dict or a \
             safetensors file",
        ),
        (
            b"\x80\x04\x95\x10\0",
            "a pickle that torch.save did not write; load it in Python, and save it with torch.save",
        ),
        (
            b"{\"a\": 1}",
            "a JSON file; the weights are in another file",
        ),
        (
            b"\x0a\x0c\x0a\x01x\x12\x07MatMul1",
            "a frozen TensorFlow graph; tools/convert.py converts Keras's own files",
        ),
        (
            b"\x93NUMPY\x01\0",
            "a NumPy array; save its arrays by safetensors.numpy.save_file",
        ),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"a photo", "a text file"),
    ];
    for (bytes, found) in cases {
        let (kind, message) = refused(bytes.to_vec());
        assert_eq!(
            message,
            format!("net.onnx: expected an ONNX file, found {found}")
        );
        assert_eq!(kind, ErrorKind::Model);
    }
}

/// All that is not supported is listed at once, with the number of nodes and the first names.
#[test]
fn everything_that_is_not_supported_is_listed() {
    let nodes: Vec<Message> = (0..5)
        .map(|index| node("Foo", &["x"], &[&format!("foo{index}")]))
        .chain([
            node("Bar", &["foo0"], &["bar"]),
            node("Relu", &["bar"], &["y"]),
        ])
        .collect();
    let (kind, message) = refused(model(17, graph(&nodes, &[])).0);
    assert_eq!(kind, ErrorKind::Unsupported);
    assert_eq!(
        message,
        "net.onnx: not supported (operator set 17): 1 Bar (bar), 5 Foo (foo0, foo1, foo2, ...): this operation is not \
         known"
    );
}

/// A file next to the model, and names that lead elsewhere.
#[test]
fn data_beside_the_model_stays_in_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("model");
    fs::create_dir(&inside).unwrap();
    fs::write(inside.join("net.data"), [0; 16]).unwrap();
    fs::write(folder.path().join("secret"), [0; 16]).unwrap();
    let pointer = "version https://git-lfs.github.com/spec/v1\n";
    fs::write(inside.join("pointer.data"), pointer).unwrap();
    let absolute = folder.path().join("secret");
    let absolute = absolute.to_str().unwrap();
    let add = [node("Add", &["x", "w"], &["y"])];
    let cases: [(&[(&str, &str)], &str); 10] = [
        (&[("location", "net.data")], ""),
        (
            &[
                ("location", "./net.data"),
                ("offset", "4"),
                ("length", "12"),
            ],
            "",
        ),
        (
            &[("location", "../secret")],
            "w: expected data in the folder of the model, found ../secret",
        ),
        (
            &[("location", absolute)],
            "w: expected data in the folder of the model, found ",
        ),
        (
            &[("location", "absent.data")],
            "absent.data; put absent.data beside the model",
        ),
        (
            &[],
            "w: expected the name of the file with the data, found none",
        ),
        (
            &[("location", "net.data"), ("offset", "8")],
            "w: net.data: expected 12 bytes from byte 8, found a file of 16",
        ),
        (
            &[("location", "pointer.data"), ("offset", "40")],
            "w: pointer.data: expected the data of a model, found a Git LFS pointer instead of the file",
        ),
        (
            &[("location", "net.data"), ("offset", "-1")],
            "w: expected a number of bytes as offset, found -1",
        ),
        (
            &[("location", "net.data"), ("length", "8")],
            "w: expected 12 bytes for 3 elements of float, found 8",
        ),
    ];
    for (entries, expected) in cases {
        let tensor = external("w", &[3, 1, 1], entries);
        let path = inside.join("net.onnx");
        fs::write(&path, model(17, graph(&add, &[tensor])).0).unwrap();
        let opened = Model::open(&path).and_then(|model| {
            let graph = model.graph(&Options::default())?;
            model.weights(&graph)
        });
        match (opened, expected) {
            (Ok(_), "") => {}
            (Err(error), expected) if !expected.is_empty() => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            (other, _) => panic!("{entries:?}: {other:?}"),
        }
    }
}

#[test]
fn no_beginning_of_a_file_panics() {
    let cases = node_cases::all();
    let case = &cases["conv_with_autopad_same"];
    for length in 0..case.model.len() {
        if let Err(error) = imported(case.model[..length].to_vec()) {
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Bytes of the cases, some of them replaced. Whatever they mean, nothing panics.
    #[test]
    fn no_damage_panics(index in 0_usize..10_000, damage in prop::collection::vec((0_usize..4096, any::<u8>()), 1..4)) {
        let cases = node_cases::all();
        let mut bytes = cases.values().nth(index % cases.len()).unwrap().model.clone();
        for (place, value) in damage {
            let place = place % bytes.len();
            bytes[place] = value;
        }
        let _ = imported(bytes);
    }
}
