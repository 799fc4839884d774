//! A case: a small graph, run by the reference executor and by kernels on every kind of device.

use menagerie::Tensor;
use menagerie::graph::{
    Activation, BatchNorm, BatchNormParameters, Conv2d, Derivation, Graph, NodeId, Op, Parameter,
    ParameterId, Window,
};
use menagerie::program::Program;
use menagerie::reference::Reference;
use menagerie::session::{Session, SessionOptions, ShaderChecks};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::canaries;
use crate::common::device::devices;
use crate::common::variants::plannings;

/// Largest difference over largest magnitude.
const TOLERANCE: f32 = 3e-6;
/// Random cases of each operation.
const CASES: u32 = 24;

/// A graph and how many images go through it.
#[derive(Clone, Debug)]
pub struct Case {
    pub graph: Graph,
    pub batch: usize,
}

/// Checks random cases of `strategy`: the same ones at each run.
pub fn check_all(strategy: impl Strategy<Value = Case>) {
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner.run(&strategy, |case| check(&case)).unwrap();
}

/// Runs `case` on every kind of device, by each kernel that can compute it, with trusted and with checked shaders.
pub fn check(case: &Case) -> Result<(), TestCaseError> {
    let weights = Weights::synthetic(7);
    let input = synthetic_input(7, case.batch, case.graph.input_shape());
    let expected = Reference::new(case.graph.clone(), &weights)
        .unwrap()
        .run(&input)
        .unwrap();
    let runs = devices().iter().flat_map(|(device, gpu)| {
        let plannings = plannings(&case.graph, case.batch, gpu.profile()).into_iter();
        plannings.map(move |planning| (device, gpu, planning))
    });
    for (device, gpu, planning) in runs {
        let program = Program::new(&case.graph, gpu.profile(), &planning).unwrap();
        let run = |shader_checks| {
            let options = SessionOptions {
                shader_checks,
                ..SessionOptions::default()
            };
            let mut session =
                Session::of_program(gpu, &program, &case.graph, &weights, &options).unwrap();
            // What a first run leaves behind, the second must not read.
            session.run(&poison(&input)).unwrap();
            session.run(&input).unwrap()
        };
        let found = run(ShaderChecks::Trusted);
        agree(device, &expected, &found)?;
        prop_assert_eq!(
            bits(&found),
            bits(&run(ShaderChecks::Checked)),
            "{}: checked and trusted differ",
            device
        );
        canaries::check(case, device, &gpu)?;
    }
    Ok(())
}

/// Fails where an answer is further from what is expected than rounding explains, saying where.
fn agree(device: &str, expected: &Tensor, found: &Tensor) -> Result<(), TestCaseError> {
    prop_assert_eq!(expected.shape(), found.shape(), "{}", device);
    prop_assert_eq!(expected.batch(), found.batch(), "{}", device);
    let magnitude = expected
        .data()
        .iter()
        .fold(f32::MIN_POSITIVE, |most, x| most.max(x.abs()));
    for (index, (expected, found)) in expected.data().iter().zip(found.data()).enumerate() {
        let difference = (expected - found).abs() / magnitude;
        // Written so that NaN fails.
        prop_assert!(
            difference <= TOLERANCE,
            "{device}: value {index}: expected {expected}, found {found}, of at most {magnitude}"
        );
    }
    Ok(())
}

fn poison(input: &Tensor) -> Tensor {
    let values = vec![f32::NAN; input.data().len()];
    Tensor::new(input.batch(), input.shape(), values).unwrap()
}

fn bits(tensor: &Tensor) -> Vec<u32> {
    tensor.data().iter().map(|value| value.to_bits()).collect()
}

/// A comparison that cannot fail proves nothing.
#[test]
fn a_wrong_value_is_caught() {
    let expected = synthetic_input(0, 2, Shape::new(3, 4, 5));
    assert!(agree("none", &expected, &expected).is_ok());
    for wrong in [f32::NAN, f32::INFINITY, expected.data()[7] + 1e-4] {
        let mut found = expected.clone();
        found.data_mut()[7] = wrong;
        assert!(agree("none", &expected, &found).is_err(), "{wrong}");
    }
}

/// Small images, 1x1 among them, with any number of channels.
pub fn shapes() -> impl Strategy<Value = Shape> {
    (1..=19_usize, 1..=11_usize, 1..=11_usize)
        .prop_map(|(channels, height, width)| Shape::new(channels, height, width))
}

/// One image or three.
pub fn batches() -> impl Strategy<Value = usize> {
    prop_oneof![Just(1), Just(3)]
}

pub fn activations() -> impl Strategy<Value = Activation> {
    prop_oneof![
        Just(Activation::Identity),
        Just(Activation::Relu),
        Just(Activation::Relu6)
    ]
}

/// A case of `op` applied to an input of `shape`.
pub fn unary(op: Op, shape: Shape, batch: usize) -> Case {
    let mut graph = Graph::new("case", shape);
    let input = graph.input();
    graph.add_node("op", op, vec![input]).unwrap();
    Case { graph, batch }
}

pub fn parameter(graph: &mut Graph, name: &str, shape: &[usize]) -> ParameterId {
    graph.add_parameter(Parameter {
        name: name.into(),
        shape: shape.to_vec(),
        trainable: true,
        derivation: Derivation::Stored,
    })
}

/// A 1x1 convolution to `channels`: another tensor of the same size.
pub fn pointwise(graph: &mut Graph, name: &str, x: NodeId, channels: usize) -> NodeId {
    let in_channels = graph.node(x).shape.channels;
    let weight = parameter(
        graph,
        &format!("{name}.weight"),
        &[channels, in_channels, 1, 1],
    );
    let op = Conv2d {
        window: Window::square(1, 1),
        in_channels,
        out_channels: channels,
        groups: 1,
        weight,
        bias: None,
        activation: Activation::Identity,
    };
    graph.add_node(name, Op::Conv2d(op), vec![x]).unwrap()
}

/// A batch normalisation of `channels` with parameters of its own.
pub fn batch_norm(graph: &mut Graph, channels: usize, activation: Activation) -> Op {
    Op::BatchNorm(BatchNorm {
        channels,
        parameters: BatchNormParameters {
            gamma: parameter(graph, "bn.weight", &[channels]),
            beta: parameter(graph, "bn.bias", &[channels]),
            mean: parameter(graph, "bn.running_mean", &[channels]),
            variance: parameter(graph, "bn.running_var", &[channels]),
            epsilon: 1e-5,
        },
        activation,
    })
}
