//! The errors of all layers, and which values are stored in f32.

use menagerie::device::DeviceProfile;
use menagerie::graph::network;
use menagerie::kernels::Format;
use menagerie::network::LayerError;
use menagerie::passes::{PassSet, optimize};
use menagerie::program::{Planning, Precision, Program, kept_in};
use menagerie::tensor::Shape;
use menagerie::weights::synthetic_input;
use menagerie::zoo;

use crate::in_f16;

#[test]
fn each_layer_is_compared_with_f32() {
    let mut network = in_f16("squeezenet1_1")
        .size(97, 81)
        .keep_f32("features.3")
        .load()
        .unwrap();
    let input = synthetic_input(0, 1, Shape::new(3, 97, 81));
    let layers = network.layer_errors(&[("input", &input)]).unwrap();
    let answer = network.run(&input).unwrap();
    let names: Vec<&str> = layers.iter().map(|layer| layer.layer.as_str()).collect();
    assert_eq!(names[0], "features.0");
    // The last one is the answer, and stored in f32.
    let last = layers.last().unwrap();
    let largest = answer
        .data()
        .iter()
        .fold(0.0, |largest: f32, score| largest.max(score.abs()));
    assert!((last.largest - largest).abs() <= 1e-2 * largest, "{last:?}");
    for layer in &layers {
        let is_kept = layer.layer.starts_with("features.3.") || layer.layer == last.layer;
        assert!(layer.is_f32 || !is_kept, "{layer:?}");
        assert!(layer.relative() < 1e-2 && !layer.beyond_range, "{layer:?}");
    }
    // One rounding of the input, of the weights and of the result.
    let first = layers[0].relative();
    assert!((1e-5..1e-3).contains(&first), "{first:e}");
    assert!(LayerError::first_loss(&layers).is_some());
    let refused = in_f16("squeezenet1_1").precision(Precision::F32).load();
    assert!(refused.unwrap().layer_errors(&[("input", &input)]).is_err());
}

/// The formats of the results of `graph`, by the node.
fn formats(graph: &menagerie::graph::Graph, planning: Planning) -> Vec<(String, Format)> {
    let program = Program::new(graph, &DeviceProfile::WEBGPU, &planning).unwrap();
    let dispatches = program.dispatches().iter();
    dispatches
        .map(|dispatch| (dispatch.node.clone(), dispatch.output.format))
        .collect()
}

#[test]
fn statistics_and_what_they_read_stay_in_f32() {
    let graph = network("norm", |net| {
        let x = net.image("photo", Shape::new(8, 6, 6))?;
        let x = net.conv("conv", x, menagerie::graph::Conv::new(8, 3))?;
        let mean = net.global_average_pool("mean", x)?;
        let x = net.linear("linear", mean, 8)?;
        let x = net.softmax("softmax", x)?;
        let x = net.linear("scores", x, 4)?;
        net.output("scores", x)
    });
    let found = formats(
        &graph.unwrap(),
        Planning::of_batch(1).precision(Precision::F16Storage),
    );
    let expected = [
        ("conv", Format::F16),
        ("mean", Format::F32),
        ("linear", Format::F32),
        ("softmax", Format::F32),
        ("scores", Format::F32),
    ];
    let expected = expected.map(|(name, format)| (name.to_owned(), format));
    assert_eq!(found, expected);
}

/// A batch normalisation is part of its convolution after the passes.
#[test]
fn a_layer_is_kept_by_the_name_that_it_has_before_the_passes() {
    let source = zoo::find("resnet18").unwrap().graph().unwrap();
    let graph = optimize(&source, &PassSet::all()).unwrap();
    let kept = |name: &str| kept_in(&source, &graph, &[name.to_owned()]).unwrap();
    assert_eq!(kept("layer1.0.bn1"), ["layer1.0.bn1", "layer1.0.conv1"]);
    assert!(kept("layer4").contains(&"layer4.1.conv2".to_owned()));
    let planning = Planning::of_batch(1).precision(Precision::F16Storage);
    let f16 = Program::new(&graph, &DeviceProfile::WEBGPU, &planning).unwrap();
    let planning = planning.keep_f32(kept("layer1.0.bn1"));
    let mixed = Program::new(&graph, &DeviceProfile::WEBGPU, &planning).unwrap();
    // 64 x 64 x 3 x 3 weights and 64 biases, packed.
    let more = mixed.weight_bytes() - f16.weight_bytes();
    assert_eq!(more, 2 * (64 * 64 * 9 + 64));
    let is_f32 = formats(&graph, planning)
        .into_iter()
        .filter(|(_, format)| *format == Format::F32);
    let is_f32: Vec<String> = is_f32.map(|(node, _)| node).collect();
    assert_eq!(is_f32, ["layer1.0.conv1", "avgpool", "fc"]);
}
