//! Files of PyTorch's torch.save, which `tools/torch_files.py` made, against what PyTorch reads from them.

use std::fs;
use std::path::{Path, PathBuf};

use menagerie::graph::{Graph, ValueId};
use menagerie::tensor::{Element, Shape, Type};
use menagerie::weights::Weights;
use menagerie::{ErrorKind, tensor_file};
use serde_json::Value;

use crate::assert_error;

fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/torch")
        .join(file)
}

/// The tensors that PyTorch reads from a file: name, shape, values.
fn expected(state: &str) -> Vec<(String, Vec<usize>, Vec<f32>)> {
    let text = fs::read(path("expected.json")).unwrap();
    let all: Value = serde_json::from_slice(&text).unwrap();
    let numbers = |value: &Value| -> Vec<f64> {
        let numbers = value.as_array().unwrap().iter();
        numbers.map(|number| number.as_f64().unwrap()).collect()
    };
    let tensors = all[state].as_object().unwrap().iter();
    tensors
        .map(|(name, tensor)| {
            let shape = numbers(&tensor["shape"]);
            let shape = shape.into_iter().map(|extent| extent as usize).collect();
            let values = numbers(&tensor["values"]);
            let values = values.into_iter().map(|value| value as f32).collect();
            (name.clone(), shape, values)
        })
        .collect()
}

/// A graph that does nothing with stored tensors of these names and extents.
fn graph<'a>(tensors: impl Iterator<Item = (&'a str, &'a [usize])>) -> (Graph, Vec<ValueId>) {
    let mut graph = Graph::new("net");
    let ids = tensors
        .map(|(name, extents)| {
            let ty = Type::shared(Element::F32, extents).unwrap();
            graph.add_stored(name, ty, true).unwrap()
        })
        .collect();
    (graph, ids)
}

#[test]
fn files_have_the_tensors_that_pytorch_reads() {
    let files = [
        ("state_dict.pth", "state_dict"),
        ("state_dict_legacy.pth", "state_dict"),
        ("state_dict_protocol4.pth", "state_dict"),
        ("state_dict_legacy_protocol5.pth", "state_dict"),
        ("training.pth", "state_dict"),
        ("training_legacy.pth", "state_dict"),
        ("python2.pth", "python2"),
        // Modules that were saved as objects, with their class and attributes.
        ("whole_model.pth", "whole_model"),
        ("whole_model_legacy.pth", "whole_model"),
        ("whole_model_inside.pth", "whole_model"),
        ("torchscript.pt", "torchscript"),
    ];
    for (file, state) in files {
        let tensors = expected(state);
        let is_float = |name: &str| !["steps", "mask"].contains(&name);
        let floats = || tensors.iter().filter(|(name, ..)| is_float(name));
        let (net, ids) = graph(floats().map(|(name, shape, _)| (&**name, &**shape)));
        let in_memory = Weights::from_bytes(file, fs::read(path(file)).unwrap()).unwrap();
        for weights in [Weights::open(&path(file)).unwrap(), in_memory] {
            for ((name, _, values), id) in floats().zip(&ids) {
                let found = weights.value(&net, *id).unwrap();
                assert_eq!(&found, values, "{file}: {name}");
            }
            // Tensors of the training, such as the state of the optimiser, are not listed.
            let told = weights.check(&net).err().map(|error| error.to_string());
            let told = told.unwrap_or_default();
            assert!(
                !told.contains("random") && !told.contains("exp_avg"),
                "{told}"
            );
        }
    }
}

/// Inputs and expected answers can be in such files, too.
#[test]
fn tensors_are_read_one_by_one() {
    for (name, shape, values) in expected("state_dict") {
        if ["f64", "transposed", "channels_last"].contains(&&*name) {
            let found = tensor_file::read(&path("state_dict.pth"), &name).unwrap();
            let Shape {
                channels,
                height,
                width,
            } = found.shape();
            let dimensions = [found.batch(), channels, height, width];
            assert_eq!(dimensions[..shape.len()], shape, "{name}");
            assert_eq!(found.data(), values, "{name}");
        }
    }
}

#[test]
fn two_copies_of_weights_have_the_names_of_their_dictionaries() {
    let weights = Weights::open(&path("two_copies.pth")).unwrap();
    let names = ["state_dict.a.weight", "state_dict_ema.a.weight"];
    let (net, ids) = graph(names.iter().map(|&name| (name, &[2][..])));
    weights.check(&net).unwrap();
    let values = ids.iter().map(|&id| weights.value(&net, id).unwrap());
    assert_eq!(values.collect::<Vec<_>>(), [[1.0, 1.0], [0.0, 0.0]]);
}

#[test]
fn types_that_are_no_weights_are_refused_by_name() {
    let weights = Weights::open(&path("types.pth")).unwrap();
    let file = path("types.pth").display().to_string();
    for (name, found) in [
        ("fp8", "F8_E4M3"),
        ("int8", "I8"),
        ("u16", "U16"),
        ("complex", "C64"),
    ] {
        let (net, ids) = graph([(name, &[2][..])].into_iter());
        let message = format!("{name}: expected F32, F16, BF16 or F64, found {found}");
        let error = weights.value(&net, ids[0]).unwrap_err();
        assert_error(error, &format!("{file}: {message}"));
        let error = weights.check(&net).unwrap_err();
        assert!(error.to_string().contains(&message), "{error}");
    }
}

#[test]
fn what_is_no_state_dict_is_named() {
    let state_dict = "expected a state dict of tensors, found";
    let alone = "load it in PyTorch, and save the state dict alone";
    let little =
        "expected numbers in little-endian order, found a PyTorch file of a big-endian machine";
    for (file, message) in [
        ("tensor.pth", format!("{state_dict} a tensor: {alone}")),
        ("list.pth", format!("{state_dict} a list: {alone}")),
        (
            "negated.pth",
            "expected plain tensors, found a negated or conjugated view: save its clone()".into(),
        ),
        (
            "numbers.pth",
            format!("{state_dict} a dictionary without float tensors"),
        ),
        ("big_endian.pth", little.into()),
        (
            "compressed.pth",
            "not a valid PyTorch file: expected data.pkl as it was saved, found it compressed by DEFLATE"
                .into(),
        ),
    ] {
        let error = Weights::open(&path(file)).unwrap_err();
        assert_error(error, &format!("{}: {message}", path(file).display()));
    }
    // The function's module depends on the version of NumPy.
    let error = Weights::open(&path("arrays.pth")).unwrap_err().to_string();
    assert!(
        error.contains("found \"a\" with an object of numpy.")
            && error.ends_with(": convert it to tensors in Python"),
        "{error}"
    );
}

/// A sound file cut anywhere is refused in one line. With any one bit turned it is refused or read, without a panic.
#[test]
fn damaged_files_do_not_panic() {
    for file in [
        "two_copies.pth",
        "training_legacy.pth",
        "python2.pth",
        "whole_model.pth",
    ] {
        let sound = fs::read(path(file)).unwrap();
        for end in 0..sound.len() {
            let error = Weights::from_bytes("x", sound[..end].to_vec()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Weights, "{file} up to {end}");
            assert!(!error.to_string().contains('\n'), "{error}");
        }
        for bit in 0..8 * sound.len() {
            let mut bytes = sound.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let _ = Weights::from_bytes("x", bytes);
        }
    }
}
