//! Checkpoints that name a network's tensors as another implementation does.
//!
//! `tools/hub_checkpoints.py` wrote down what timm's checkpoints on the Hugging Face Hub hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use menagerie::ErrorKind;
use menagerie::graph::{Dialect, Graph, ValueId};
use menagerie::reference::Reference;
use menagerie::tensor::{Element, Type};
use menagerie::weights::Weights;
use menagerie::zoo::{self, Model};

use crate::common::golden::{Golden, TOLERANCE};
use crate::common::safetensors_file::{Data, file, zeros};

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
    let Ok(listing) = fs::read_to_string(path(&format!("{}.txt", model.name))) else {
        return own(&model.graph().unwrap());
    };
    let tensors = listing.lines().map(|line| {
        let (name, dimensions) = line.split_once(' ').unwrap();
        let dimensions = dimensions.split('x').map(|size| size.parse().unwrap());
        (name.to_string(), dimensions.collect())
    });
    tensors.collect()
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

/// The files that torchvision publishes for DenseNets have names of their own, too.
#[test]
fn densenets_may_have_dots_in_their_layers() {
    let model = zoo::find("densenet121").unwrap();
    let graph = model.graph().unwrap();
    let dotted: Shapes = own(&graph)
        .into_iter()
        .map(|(name, shape)| {
            let inside = name.contains("denselayer");
            // The pattern of torchvision's `_load_state_dict`.
            let dotted =
                ["norm1", "norm2", "conv1", "conv2"]
                    .into_iter()
                    .fold(name, |name, layer| {
                        let (kind, number) = layer.split_at(4);
                        match inside {
                            true => {
                                name.replace(&format!(".{layer}."), &format!(".{kind}.{number}."))
                            }
                            false => name,
                        }
                    });
            (dotted, shape)
        })
        .collect();
    assert!(dotted.contains_key("features.denseblock4.denselayer16.norm.2.running_var"));
    assert!(dotted.contains_key("features.transition3.conv.weight"));
    weights_of_zeros(&dotted).check(&graph).unwrap();
}

/// timm's answer to weights that follow from timm's names, from a file of those.
#[test]
fn networks_answer_as_in_their_dialect() {
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

/// In every dialect, no name belongs to two tensors, and none to another tensor in another dialect: what a
/// file means would depend on where one looks first.
#[test]
fn names_mean_one_tensor_each() {
    for model in zoo::models() {
        let graph = model.graph().unwrap();
        let mut meanings: BTreeMap<String, &str> = BTreeMap::new();
        let mut renamed = 0;
        for (_, tensor) in graph.stored() {
            let others = graph.dialects().iter();
            let names = others.map(|dialect| dialect.tensor(tensor.name(), tensor.ty().dims()).0);
            for name in names.chain([tensor.name().to_owned()]) {
                renamed += usize::from(name != tensor.name());
                let meaning = *meanings.entry(name).or_insert(tensor.name());
                assert_eq!(meaning, tensor.name(), "{}", model.name);
            }
        }
        assert_eq!(renamed > 0, !graph.dialects().is_empty(), "{}", model.name);
    }
}

#[test]
fn faults_are_told_in_the_file_s_dialect() {
    let mut graph = Graph::new("net");
    let ids = [
        add(&mut graph, "fc.weight", &[2, 12]),
        add(&mut graph, "fc.bias", &[2]),
        add(&mut graph, "head.weight", &[1, 2]),
    ];
    let mut dialect = Dialect::default();
    dialect.linear_as_conv("fc", "hidden.conv", [2, 3]);
    dialect.rename("head", "last");
    graph.add_dialect(dialect);
    graph.add_training_branch("aux");

    let zeros: &[f32] = &[0.0; 24];
    let weights = |tensors: &[(&str, &[usize])]| {
        let tensors: Vec<(&str, &[usize], Data<'_>)> = tensors
            .iter()
            .map(|&(name, shape)| {
                let count = shape.iter().product();
                (name, shape, Data::F32(&zeros[..count]))
            })
            .collect();
        Weights::from_bytes("net.safetensors", file(&tensors)).unwrap()
    };
    let sound = weights(&[
        ("hidden.conv.weight", &[2, 2, 2, 3]),
        ("hidden.conv.bias", &[2]),
        ("last.weight", &[1, 2]),
        ("aux.fc.weight", &[3]),
        ("aux.num_batches_tracked", &[1]),
    ]);
    sound.check(&graph).unwrap();
    assert_eq!(sound.value(&graph, ids[0]).unwrap().len(), 24);

    for (tensors, message) in [
        (
            &[
                ("fc.weight", &[2, 2, 2, 3][..]),
                ("fc.bias", &[2]),
                ("head.weight", &[1, 2]),
            ][..],
            "1 misshapen (fc.weight: expected [2, 12], found [2, 2, 2, 3])",
        ),
        (
            &[
                ("hidden.conv.weight", &[2, 12]),
                ("hidden.conv.bias", &[2]),
                ("auxiliary", &[1]),
            ],
            "1 missing (last.weight); 1 misshapen (hidden.conv.weight: expected [2, 2, 2, 3], found \
             [2, 12]); 1 surplus (auxiliary)",
        ),
        (
            &[
                ("fc.weight", &[2, 12]),
                ("fc.bias", &[2]),
                ("head.weight", &[1, 2]),
                ("last.weight", &[1, 2]),
            ],
            "1 surplus (last.weight)",
        ),
    ] {
        let error = weights(tensors).check(&graph).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Weights);
        assert_eq!(
            error.to_string(),
            format!("net.safetensors: not the weights of net: {message}")
        );
    }
    let misshapen = weights(&[("hidden.conv.weight", &[2, 12])]);
    assert_eq!(
        misshapen.value(&graph, ids[0]).unwrap_err().to_string(),
        "net.safetensors: hidden.conv.weight: expected [2, 2, 2, 3], found [2, 12]"
    );
}
