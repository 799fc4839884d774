//! Graphs that end at a value in their middle, which is found by its name.

use menagerie::graph::{Conv, Linear, Op, image_network};
use menagerie::reference::Reference;
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::{Error, ErrorKind, Tensor};

use crate::common::networks::published;
use crate::common::safetensors_file::{Data, file, zeros};

/// Names and extents of a file's tensors.
type Tensors<'a> = &'a [(&'a str, &'a [usize])];

/// What is left out may be in a file in any shape and under any name that it has; all else must be there, and no more.
#[test]
fn weights_fit_with_and_without_what_is_left_out() {
    let graph = image_network("small", Shape::new(2, 6, 6), |net, x| {
        let x = net.conv("conv", x, Conv::new(8, 3).bias())?;
        net.linear("fc", net.global_average_pool("pool", x)?, 3)
    });
    let graph = graph.unwrap();
    let pooled = graph.find("pool").unwrap();
    let left = graph.ending_at(&[("pooled", pooled)]).unwrap();
    let conv: &[usize] = &[8, 2, 3, 3];
    let cases: [(Tensors<'_>, Option<&str>); 7] = [
        (&[("conv.weight", conv), ("conv.bias", &[8])], None),
        (
            &[
                ("conv.weight", conv),
                ("conv.bias", &[8]),
                ("fc.weight", &[70, 8]),
            ],
            None,
        ),
        (&[("stem.weight", conv), ("stem.bias", &[8])], None),
        (
            &[
                ("stem.weight", conv),
                ("stem.bias", &[8]),
                ("head.last.weight", &[2]),
                ("head.last.bias", &[1]),
            ],
            None,
        ),
        (
            &[("conv.weight", conv), ("fc.weight", &[3, 8])],
            Some("1 missing (conv.bias)"),
        ),
        (
            &[
                ("conv.weight", conv),
                ("conv.bias", &[8]),
                ("conv2.weight", &[3, 8]),
            ],
            Some("1 surplus (conv2.weight)"),
        ),
        (
            &[("conv.weight", &[8, 2]), ("conv.bias", &[8])],
            Some("1 misshapen (conv.weight: expected [8, 2, 3, 3], found [8, 2])"),
        ),
    ];
    for (tensors, refused) in cases {
        let weights = Weights::from_bytes("own", zeros(tensors.iter().copied())).unwrap();
        let found = weights.check(&left).err().map(|error| error.to_string());
        let expected = refused.map(|why| format!("own: not the weights of small: {why}"));
        assert_eq!(found, expected, "{tensors:?}");
    }
}

/// A parameter that only the last layer reads goes with it, and no other.
#[test]
fn only_what_is_read_no_more_is_left_out() {
    let graph = image_network("tied", Shape::vector(2), |net, x| {
        net.parameter("spare", &[5])?;
        let tied = net.parameter("tied", &[2, 2])?;
        let layer = |name: &str, x, bias| {
            let op = Op::Linear(Linear::default());
            let results = net.add_op(name, op, vec![Some(x), Some(tied), Some(bias)])?;
            Ok::<_, Error>(results[0])
        };
        let x = layer("first", x, net.parameter("first_bias", &[2])?)?;
        layer("last", x, net.parameter("last_bias", &[2])?)
    });
    let graph = graph.unwrap();
    let first = graph.find("first").unwrap();
    let left = graph.ending_at(&[("first", first)]).unwrap();
    let names: Vec<&str> = left.stored().map(|(_, value)| value.name()).collect();
    assert_eq!(names, ["spare", "tied", "first_bias"]);
    let bytes = file(&[
        ("spare", &[5], Data::F32(&[0.0; 5])),
        ("tied", &[2, 2], Data::F32(&[1.0, 2.0, 3.0, 4.0])),
        ("first_bias", &[2], Data::F32(&[0.5, -0.5])),
        ("last_bias", &[2], Data::F32(&[0.0; 2])),
    ]);
    let weights = Weights::from_bytes("tied", bytes).unwrap();
    let input = Tensor::new(1, Shape::vector(2), vec![1.0, -1.0]).unwrap();
    let found = Reference::new(left, &weights).unwrap().run(&input).unwrap();
    assert_eq!(found.data(), [-0.5, -1.5]);
}

#[test]
fn results_are_found_by_name() {
    let graph = published("resnet18");
    let cases = [
        ("conv1", "conv1"),
        ("layer3.1", "layer3.1.relu"),
        ("layer3", "layer3.1.relu"),
        ("layer2.0.downsample", "layer2.0.downsample.1"),
        ("input", "input"),
    ];
    for (name, expected) in cases {
        let found = graph.find(name).unwrap();
        assert_eq!(graph.value(found).name(), expected, "{name}");
    }
    let unknown = [
        ("layer3.5", "; did you mean layer3.0?"),
        ("layer", "; did you mean layer1?"),
        ("conv", "; did you mean conv1?"),
        ("transformer.blocks.11", ""),
        ("avgpol", "; did you mean avgpool?"),
        ("", ""),
    ];
    for (name, suggestion) in unknown {
        let error = graph.find(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownLayer);
        assert_eq!(
            error.to_string(),
            format!("resnet18: no layer is called {name:?}{suggestion}")
        );
    }
}

#[test]
fn an_end_needs_an_output() {
    let graph = published("lenet5");
    let conv = graph.find("conv1").unwrap();
    for outputs in [&[][..], &[("twice", conv), ("twice", conv)][..]] {
        let error = graph.ending_at(outputs).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Shape, "{error}");
    }
    // The input itself can be one.
    let input = graph.inputs()[0].value;
    let end = graph
        .ending_at(&[("conv", conv), ("photo", input)])
        .unwrap();
    let names: Vec<&str> = end.stored().map(|(_, value)| value.name()).collect();
    assert_eq!(names, ["conv1.weight", "conv1.bias"]);
    let nodes: Vec<&str> = end.nodes().iter().map(|node| node.name()).collect();
    assert_eq!(nodes, ["pad", "conv1"]);
    assert_eq!(end.value(end.outputs()[1].value).name(), "input");
}
