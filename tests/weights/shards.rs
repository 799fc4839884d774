//! Weights in several files, which an index names.

use std::fs;

use menagerie::ErrorKind;
use menagerie::graph::Graph;
use menagerie::tensor::{Element, Type};
use menagerie::weights::Weights;

use crate::common::safetensors_file::{Data, file};

const INDEX: &str = "model.safetensors.index.json";
const FIRST: &str = "model-00001-of-00002.safetensors";
const SECOND: &str = "model-00002-of-00002.safetensors";

/// An index of these tensors and their files.
fn index(tensors: &[(&str, &str)]) -> String {
    let map = tensors
        .iter()
        .map(|&(name, shard)| (name.to_owned(), shard.into()));
    let map = serde_json::Map::from_iter(map);
    serde_json::json!({"metadata": {"total_size": 16}, "weight_map": map}).to_string()
}

#[test]
fn the_tensors_of_all_shards_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write(FIRST, &file(&[("module.a", &[2], Data::F32(&[1.0, 2.0]))]));
    write(SECOND, &file(&[("module.b", &[1], Data::F32(&[3.0]))]));
    write(
        INDEX,
        index(&[("module.a", FIRST), ("module.b", SECOND)]).as_bytes(),
    );
    let weights = Weights::open(&folder.path().join(INDEX)).unwrap();
    let mut graph = Graph::new("net");
    for (name, extent, expected) in [("a", 2, &[1.0, 2.0][..]), ("b", 1, &[3.0])] {
        let ty = Type::shared(Element::F32, &[extent]).unwrap();
        let id = graph.add_stored(name, ty, true).unwrap();
        assert_eq!(weights.value(&graph, id).unwrap(), expected);
    }
    weights.check(&graph).unwrap();
}

#[test]
fn unsound_indices_and_single_shards_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path(FIRST), file(&[("a", &[2], Data::F32(&[1.0, 2.0]))])).unwrap();
    fs::write(path("text"), b"abc").unwrap();
    fs::create_dir(path("folder")).unwrap();
    let refused = |name: &str, message: &str| {
        let error = Weights::open(&path(name)).unwrap_err();
        let expected = format!("{}: {message}", path(name).display());
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.kind(), ErrorKind::Weights);
    };
    let single = "expected a safetensors or PyTorch file, found part 1 of a file in 2 parts";
    refused(
        FIRST,
        &format!("{single}; it needs the other parts and {INDEX} in the same folder"),
    );
    let elsewhere = "expected files in the folder of the index, found";
    for (shard, message) in [
        (
            SECOND,
            format!("{SECOND}: cannot be read: No such file or directory (os error 2)"),
        ),
        (FIRST, format!("{FIRST}: expected b in it, found none")),
        ("../x", format!("{elsewhere} ../x")),
        ("/etc/passwd", format!("{elsewhere} /etc/passwd")),
        ("..", format!("{elsewhere} ..")),
        ("", format!("{elsewhere} ")),
        (
            "text",
            "text: expected a safetensors or PyTorch file, found a text file; the weights are in another file".into(),
        ),
        (
            "folder",
            "folder: expected a safetensors or PyTorch file, found a folder".into(),
        ),
        (
            INDEX,
            format!("{INDEX}: expected a safetensors or PyTorch file, found a JSON file; the weights are in another file"),
        ),
    ] {
        fs::write(path(INDEX), index(&[("a", FIRST), ("b", shard)])).unwrap();
        refused(INDEX, &message);
    }
    refused(
        FIRST,
        &format!("{single}; open {INDEX}, which names all parts"),
    );
    fs::write(path(INDEX), r#"{"weight_map": {"a": 1}}"#).unwrap();
    refused(INDEX, "a: expected the name of a file, found 1");
    let error = Weights::from_bytes("x", index(&[("a", FIRST)]).into_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "x: expected a file with tensors, found an index of several: open it by its path"
    );
}
