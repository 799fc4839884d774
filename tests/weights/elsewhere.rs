//! Checkpoints that name a network's tensors as another implementation does.
//!
//! `tools/hub_checkpoints.py` wrote down what timm's checkpoints on the Hugging Face Hub hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use menagerie::graph::{Graph, ValueId};
use menagerie::reference::Reference;
use menagerie::tensor::{Element, Type};
use menagerie::weights::Weights;
use menagerie::zoo::{self, Model};

use crate::common::golden::{Golden, TOLERANCE};
use crate::common::safetensors_file::{Data, file, listed, zeros};

const FOLDER: &str = "tests/golden/hub";

/// Dimensions of tensors by their names.
type Shapes = BTreeMap<String, Vec<usize>>;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(FOLDER)
        .join(name)
}

/// The tensors that `graph` names.
fn own(graph: &Graph) -> Shapes {
    let stored = graph.stored().map(|(_, tensor)| tensor);
    stored
        .map(|tensor| (tensor.name().to_owned(), tensor.ty().dims().to_vec()))
        .collect()
}

/// Adds a stored tensor of f32.
fn add(graph: &mut Graph, name: &str, extents: &[usize]) -> ValueId {
    let ty = Type::shared(Element::F32, extents).unwrap();
    graph.add_stored(name, ty, true).unwrap()
}

/// The tensors of the checkpoint that goes with `model`: those of the graph where no others are listed.
fn of_hub(model: &Model) -> Shapes {
    let list = format!("{}.txt", model.name);
    match path(&list).is_file() {
        true => listed(&format!("{FOLDER}/{list}")).into_iter().collect(),
        false => own(&model.graph().unwrap()),
    }
}

/// The 64-bit FNV-1a hash of the tensors, a line each.
fn digest(tensors: &Shapes) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for (name, shape) in tensors {
        let dimensions: Vec<String> = shape.iter().map(usize::to_string).collect();
        for byte in format!("{name} {}\n", dimensions.join("x")).bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
    hash
}

fn weights_of_zeros(tensors: &Shapes) -> Weights {
    let tensors = tensors
        .iter()
        .map(|(name, shape)| (name.as_str(), shape.as_slice()));
    Weights::from_bytes("zeros.safetensors", zeros(tensors)).unwrap()
}

#[test]
fn the_checkpoints_of_the_hub_fit() {
    let digests = fs::read_to_string(path("digests.txt")).unwrap();
    for line in digests.lines() {
        let [name, checkpoint, hash] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let model = zoo::find(name).unwrap();
        let tensors = of_hub(model);
        assert_eq!(format!("{:016x}", digest(&tensors)), hash, "{checkpoint}");
        let weights = weights_of_zeros(&tensors);
        assert_eq!(model.classes_of(&weights).unwrap(), 1000, "{checkpoint}");
        weights.check(&model.graph().unwrap()).unwrap();
    }
    assert_eq!(digests.lines().count(), 22);
}

/// `tools/timm_names.py` found timm's layers by running both networks, and not by names.
#[test]
fn layers_of_timm_are_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/timm");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let graph = zoo::find(name).unwrap().graph().unwrap();
        let listing = fs::read_to_string(&path).unwrap();
        let layers: BTreeMap<&str, (&str, Option<&str>)> = listing
            .lines()
            .map(|line| {
                let mut parts = line.split(' ');
                let (theirs, ours) = (parts.next().unwrap(), parts.next().unwrap());
                (ours, (theirs, parts.next()))
            })
            .collect();
        let mut expected = BTreeMap::new();
        let mut tensors = Shapes::new();
        for (ours, mut shape) in own(&graph) {
            let (layer, role) = ours.rsplit_once('.').unwrap();
            let (theirs, other_shape) = layers[layer];
            if let (Some(other), "weight") = (other_shape, role) {
                shape = other
                    .split('x')
                    .map(|extent| extent.parse().unwrap())
                    .collect();
            }
            let theirs = format!("{theirs}.{role}");
            tensors.insert(theirs.clone(), shape);
            expected.insert(ours, theirs);
        }
        let bound = weights_of_zeros(&tensors).bind(&graph).unwrap();
        for (ours, theirs) in &expected {
            assert_eq!(
                bound.found_as(ours),
                Some(theirs.as_str()),
                "{name}: {ours}"
            );
        }
        count += 1;
    }
    assert_eq!(count, 15);
}

/// timm's answer to weights that follow from timm's names, from a file of those.
#[test]
fn networks_answer_as_with_other_names() {
    let goldens = Golden::of_folder(FOLDER);
    assert_eq!(goldens.len(), 2);
    for golden in goldens {
        let model = zoo::find(&golden.model).unwrap();
        let tensors = of_hub(model);
        let mut theirs = Graph::new("theirs");
        let ids: Vec<ValueId> = tensors
            .iter()
            .map(|(name, shape)| add(&mut theirs, name, shape))
            .collect();
        let made_up = Weights::synthetic(golden.seed);
        let values: Vec<Vec<f32>> = ids
            .into_iter()
            .map(|id| made_up.value(&theirs, id).unwrap())
            .collect();
        let tensors: Vec<(&str, &[usize], Data<'_>)> = tensors
            .iter()
            .zip(&values)
            .map(|((name, shape), values)| (name.as_str(), shape.as_slice(), Data::F32(values)))
            .collect();
        let weights = Weights::from_bytes("theirs.safetensors", file(&tensors)).unwrap();
        drop(values);
        let graph = model.graph_for(golden.shape).unwrap();
        let answer = Reference::new(graph, &weights)
            .unwrap()
            .run(&golden.input())
            .unwrap();
        golden.compare(&answer, TOLERANCE).unwrap();
    }
}
