//! What no input reaches: constants computed of stored and known tensors, in f64 and rounded once, whole or in part.

mod common;

use std::ops::Range;
use std::sync::Arc;

use common::safetensors_file::{Data, file};
use menagerie::graph::{
    Add, BatchNorm, Combination, Constant, Conv2d, Function, Graph, Number, Op, Pointwise, Reshape,
    ValueId, Window,
};
use menagerie::passes::{PassSet, optimize};
use menagerie::reference::Reference;
use menagerie::tensor::{Dims, Element, HostTensor, Shape, Type};
use menagerie::weights::Weights;
use menagerie::{ErrorKind, Result, Tensor};

/// Which parameters a convolution and the batch normalisation behind it have.
#[derive(Clone, Copy, Debug)]
struct Parts {
    bias: bool,
    gamma: bool,
    beta: bool,
}

const ALL: Parts = Parts {
    bias: true,
    gamma: true,
    beta: true,
};

/// A stored tensor of f32.
fn stored(graph: &mut Graph, name: &str, extents: &[usize]) -> ValueId {
    let ty = Type::shared(Element::F32, extents).unwrap();
    graph.add_stored(name, ty, true).unwrap()
}

/// A convolution of `channels` to `filters` with square windows of `kernel`, and a batch normalisation.
fn conv_and_norm(
    parts: Parts,
    channels: usize,
    filters: usize,
    kernel: usize,
    epsilon: f64,
) -> Graph {
    let mut graph = Graph::new("net");
    let [_, norm] = add_conv_and_norm(&mut graph, parts, channels, filters, kernel, epsilon);
    graph.add_output("output", norm).unwrap();
    graph
}

/// Adds both, and answers with the input and the result.
fn add_conv_and_norm(
    graph: &mut Graph,
    parts: Parts,
    channels: usize,
    filters: usize,
    kernel: usize,
    epsilon: f64,
) -> [ValueId; 2] {
    let image = Type::image(Shape::new(channels, kernel, kernel)).unwrap();
    let x = graph.add_input("input", image).unwrap();
    let weight = stored(graph, "conv.weight", &[filters, channels, kernel, kernel]);
    let mut vector = |name: &str, is_there: bool| is_there.then(|| stored(graph, name, &[filters]));
    let bias = vector("conv.bias", parts.bias);
    let gamma = vector("bn.weight", parts.gamma);
    let beta = vector("bn.bias", parts.beta);
    let mean = vector("bn.running_mean", true);
    let variance = vector("bn.running_var", true);
    let conv = Op::Conv2d(Conv2d {
        window: Window::square(kernel, 1),
        groups: 1,
    });
    let conv = graph
        .add("conv", conv, vec![Some(x), Some(weight), bias])
        .unwrap()[0];
    let norm = Op::BatchNorm(BatchNorm {
        epsilon: Number(epsilon),
    });
    let norm = graph
        .add("bn", norm, vec![Some(conv), gamma, beta, mean, variance])
        .unwrap()[0];
    [x, norm]
}

/// The constants that the only node of a run reads: weight and bias.
fn constants(graph: &Graph) -> [Arc<Constant>; 2] {
    let mut nodes = graph.computed();
    let (_, node) = nodes.next().unwrap();
    assert_eq!(nodes.count(), 0, "{graph}");
    [1, 2].map(|input| graph.constant(node.inputs()[input].unwrap()).unwrap())
}

fn folded(graph: &Graph) -> Graph {
    optimize(graph, &PassSet::all()).unwrap()
}

/// The values of the stored tensor `name`, in f64.
fn tensor(weights: &Weights, graph: &Graph, name: &str) -> Option<Vec<f64>> {
    let (id, _) = graph.stored().find(|(_, value)| value.name() == name)?;
    let values = weights.value(graph, id).unwrap();
    Some(values.into_iter().map(f64::from).collect())
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Ranges of `count` elements with odd ends, and all of it in steps of an odd length.
fn ranges(count: usize) -> Vec<Range<usize>> {
    let mut ranges = vec![
        0..0,
        0..1,
        count - 1..count,
        count / 3..count / 2 + 1,
        count..count,
    ];
    let step = (count / 7).max(3);
    ranges.extend(
        (0..count)
            .step_by(step)
            .map(|first| first..(first + step).min(count)),
    );
    ranges
}

/// In all eight combinations of what is there, of more values than are computed at once, bit by bit.
#[test]
fn a_folded_batch_norm_is_the_formula() {
    let (channels, filters, kernel, epsilon) = (67, 61, 3, 1e-3);
    let taps = channels * kernel * kernel;
    for combination in 0..8 {
        let parts = Parts {
            bias: combination & 1 > 0,
            gamma: combination & 2 > 0,
            beta: combination & 4 > 0,
        };
        let graph = folded(&conv_and_norm(parts, channels, filters, kernel, epsilon));
        let weights = Weights::synthetic(combination);
        let tensor = |name: &str| tensor(&weights, &graph, name);
        let (mean, variance) = (
            tensor("bn.running_mean").unwrap(),
            tensor("bn.running_var").unwrap(),
        );
        let scale: Vec<f64> = match tensor("bn.weight") {
            Some(gamma) => gamma
                .iter()
                .zip(&variance)
                .map(|(g, v)| g / (v + epsilon).sqrt())
                .collect(),
            None => variance
                .iter()
                .map(|v| 1.0 / (v + epsilon).sqrt())
                .collect(),
        };
        let weight: Vec<f32> = tensor("conv.weight")
            .unwrap()
            .chunks(taps)
            .zip(&scale)
            .flat_map(|(filter, scale)| filter.iter().map(move |w| (w * scale) as f32))
            .collect();
        let (bias, beta) = (tensor("conv.bias"), tensor("bn.bias"));
        let bias: Vec<f32> = (0..filters)
            .map(|filter| {
                let bias = bias.as_ref().map_or(0.0, |bias| bias[filter]);
                let scaled = (bias - mean[filter]) * scale[filter];
                beta.as_ref().map_or(scaled, |beta| beta[filter] + scaled) as f32
            })
            .collect();
        let bound = weights.bind(&graph).unwrap();
        for (constant, expected) in constants(&graph).iter().zip([weight, bias]) {
            let whole = bound.values(constant, 0..constant.count()).unwrap();
            assert_eq!(
                bits(&whole),
                bits(&expected),
                "{} of {parts:?}",
                constant.name()
            );
            for range in ranges(constant.count()) {
                let part = bound.values(constant, range.clone()).unwrap();
                let name = constant.name();
                assert_eq!(
                    bits(&part),
                    bits(&expected[range.clone()]),
                    "{name}, {range:?}"
                );
            }
        }
    }
}

/// By numbers that can be worked out by hand.
#[test]
fn a_folded_batch_norm_by_hand() {
    let graph = folded(&conv_and_norm(ALL, 2, 2, 1, 0.25));
    let weights = |variance: &'static [f32]| {
        let tensors = [
            ("conv.weight", &[2, 2, 1, 1][..], &[1.0, 2.0, 3.0, -4.0][..]),
            ("conv.bias", &[2], &[1.0, 0.0]),
            ("bn.weight", &[2], &[3.0, 0.5]),
            ("bn.bias", &[2], &[10.0, 20.0]),
            ("bn.running_mean", &[2], &[-1.0, 4.0]),
            ("bn.running_var", &[2], variance),
        ];
        let tensors = tensors.map(|(name, extents, values)| (name, extents, Data::F32(values)));
        Weights::from_bytes("net.safetensors", file(&tensors)).unwrap()
    };
    let values = |weights: &Weights, constant: &Constant| -> Result<Vec<f32>> {
        weights.bind(&graph)?.values(constant, 0..constant.count())
    };
    let [weight, bias] = constants(&graph);
    // Scales 3 / sqrt(2 + 1/4) = 2 and 0.5 / sqrt(0 + 1/4) = 1.
    let sound = weights(&[2.0, 0.0]);
    assert_eq!(values(&sound, &weight).unwrap(), [2.0, 4.0, 3.0, -4.0]);
    assert_eq!(values(&sound, &bias).unwrap(), [14.0, 16.0]);
    for variance in [&[2.0, -0.5][..], &[2.0, -0.25]] {
        let unsound = weights(variance);
        for constant in [&weight, &bias] {
            let error = values(&unsound, constant).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Weights);
            let message = format!(
                "net.safetensors: bn.running_var: expected values above -0.25, found {:?} at index 1",
                variance[1]
            );
            assert_eq!(error.to_string(), message);
        }
    }
}

#[test]
fn a_fold_that_overflows_is_an_error() {
    let parts = Parts {
        bias: false,
        gamma: true,
        beta: false,
    };
    let graph = folded(&conv_and_norm(parts, 1, 2, 1, 0.0));
    let tensors = [
        ("conv.weight", &[2, 1, 1, 1][..], &[0.0, 1e30][..]),
        ("bn.weight", &[2], &[1.0, 1.0]),
        ("bn.running_mean", &[2], &[0.0, 0.0]),
        ("bn.running_var", &[2], &[1.0, 1e-30]),
    ];
    let tensors = tensors.map(|(name, extents, values)| (name, extents, Data::F32(values)));
    let weights = Weights::from_bytes("net.safetensors", file(&tensors)).unwrap();
    let [weight, bias] = constants(&graph);
    let bound = weights.bind(&graph).unwrap();
    for range in [0..2, 1..2] {
        let error = bound.values(&weight, range).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Weights);
        assert_eq!(
            error.to_string(),
            "net.safetensors: conv.weight.folded: expected finite f32 values, found inf at index 1, \
             computed of bn.running_var, bn.weight, conv.weight"
        );
    }
    // What is not asked for, and what does not overflow, is none of its business.
    assert_eq!(bound.values(&weight, 0..1).unwrap(), [0.0]);
    bound.values(&bias, 0..2).unwrap();
}

/// `conv(x) * factor + residual`, for each of `factors` a constant of its own around the one before.
fn scaled(factors: &[f64]) -> (Graph, ValueId) {
    let mut graph = Graph::new("net");
    let mut of = stored(&mut graph, "weight", &[1]);
    for &factor in factors {
        let scaled = Pointwise::identity().times(&Pointwise::constant(factor));
        of = graph
            .add("weight.scaled", Op::Pointwise(scaled), vec![Some(of)])
            .unwrap()[0];
    }
    (graph, of)
}

fn scaled_value(value: f32, factors: &[f64]) -> Result<Vec<f32>> {
    let (graph, of) = scaled(factors);
    let bytes = file(&[("weight", &[1], Data::F32(&[value]))]);
    Weights::from_bytes("net.safetensors", bytes)?.value(&graph, of)
}

/// A third of three is 1 only where nothing is rounded in between.
#[test]
fn scales_are_multiplied_before_rounding() {
    let expected = (f64::from(0.7_f32) * 0.1 * 3.3) as f32;
    assert_eq!(scaled_value(0.7, &[0.1, 3.3]).unwrap(), [expected]);
    assert_eq!(scaled_value(3.0, &[0.17]).unwrap(), [0.51]);
    // What would overflow in between does not.
    assert_eq!(scaled_value(1e30, &[1e10, 1e-10]).unwrap(), [1e30]);
}

#[test]
fn a_scale_that_overflows_is_an_error() {
    let error = scaled_value(1e30, &[1e10]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Weights);
    assert_eq!(
        error.to_string(),
        "net.safetensors: weight.scaled: expected finite f32 values, found inf at index 0, computed of weight"
    );
    let (graph, of) = scaled(&[3e38, 10.0]);
    assert_eq!(
        Weights::synthetic(1)
            .value(&graph, of)
            .unwrap_err()
            .to_string(),
        "synthetic:1: weight.scaled: expected finite f32 values, found inf at index 0, computed of weight"
    );
}

/// A residual branch that is scaled, with a batch normalisation folded before: one rounding for all of it.
#[test]
fn a_scale_around_a_fold_is_rounded_once() {
    let epsilon = 1e-5;
    let mut graph = Graph::new("net");
    let [x, norm] = add_conv_and_norm(&mut graph, ALL, 2, 2, 1, epsilon);
    let add = Op::Add(Add {
        scale: Number(0.17),
    });
    let sum = graph.add("sum", add, vec![Some(x), Some(norm)]).unwrap();
    graph.add_output("output", sum[0]).unwrap();
    let graph = folded(&graph);
    let weights = Weights::synthetic(4);
    let tensor = |name: &str| tensor(&weights, &graph, name).unwrap();
    let scale: Vec<f64> = tensor("bn.weight")
        .iter()
        .zip(tensor("bn.running_var"))
        .map(|(gamma, variance)| gamma / (variance + epsilon).sqrt())
        .collect();
    let weight = tensor("conv.weight");
    let weight: Vec<f32> = (0..4)
        .map(|i| (weight[i] * scale[i / 2] * 0.17) as f32)
        .collect();
    let (bias, beta, mean) = (
        tensor("conv.bias"),
        tensor("bn.bias"),
        tensor("bn.running_mean"),
    );
    let bias: Vec<f32> = (0..2)
        .map(|i| ((beta[i] + (bias[i] - mean[i]) * scale[i]) * 0.17) as f32)
        .collect();
    let bound = weights.bind(&graph).unwrap();
    for (constant, expected) in constants(&graph).iter().zip([weight, bias]) {
        let found = bound.values(constant, 0..constant.count()).unwrap();
        assert_eq!(bits(&found), bits(&expected), "{}", constant.name());
    }
}

/// Known and stored tensors meet by the rule of broadcasting, in any order of extents.
#[test]
fn known_tensors_are_computed_with() {
    let mut graph = Graph::new("net");
    let weight = stored(&mut graph, "weight", &[2, 3, 1, 2]);
    let known = |graph: &mut Graph, extents: &[usize], values: &[f32]| {
        graph
            .add_known("known", HostTensor::new(extents, values.to_vec()).unwrap())
            .unwrap()
    };
    let rows = known(&mut graph, &[2, 1], &[10.0, 20.0]);
    let columns = known(&mut graph, &[3, 1, 1], &[1.0, 2.0, 3.0]);
    let scalar = known(&mut graph, &[], &[0.5]);
    // weight * a + b * c, [2, 3, 2, 2]
    let expression = Pointwise::operand(0)
        .times(&Pointwise::operand(1))
        .plus(&Pointwise::operand(2).times(&Pointwise::operand(3)));
    let inputs = [weight, rows, columns, scalar].map(Some).to_vec();
    let sum = graph.add("sum", Op::Pointwise(expression), inputs).unwrap()[0];
    assert_eq!(graph.ty(sum).to_string(), "f32[2, 3, 2, 2]");
    let values: Vec<f32> = (0..12).map(|value| value as f32).collect();
    let bytes = file(&[("weight", &[2, 3, 1, 2], Data::F32(&values))]);
    let weights = Weights::from_bytes("net.safetensors", bytes).unwrap();
    let mut expected = Vec::new();
    for filter in 0..2 {
        for channel in 0..3 {
            for row in [10.0, 20.0] {
                for tap in 0..2 {
                    let weight = values[(filter * 3 + channel) * 2 + tap];
                    expected.push(weight * row + (channel + 1) as f32 * 0.5);
                }
            }
        }
    }
    let constant = graph.constant(sum).unwrap();
    let bound = weights.bind(&graph).unwrap();
    assert_eq!(bound.values(&constant, 0..24).unwrap(), expected);
    for range in ranges(24) {
        assert_eq!(
            bound.values(&constant, range.clone()).unwrap(),
            expected[range]
        );
    }
}

/// Every element reads as the number that it is.
#[test]
fn known_tensors_of_every_element() {
    let values = |tensor: Result<HostTensor>| {
        let mut graph = Graph::new("net");
        let id = graph.add_known("known", tensor.unwrap()).unwrap();
        let name = graph.ty(id).to_string();
        (name, Weights::synthetic(0).value(&graph, id).unwrap())
    };
    let halves = vec![half::f16::from_f32(1.5), half::f16::from_f32(-2.0)];
    for (found, name, expected) in [
        (
            values(HostTensor::new(&[2], vec![1.5_f32, -2.0])),
            "f32[2]",
            [1.5, -2.0],
        ),
        (values(HostTensor::new(&[2], halves)), "f16[2]", [1.5, -2.0]),
        (
            values(HostTensor::new(&[2], vec![7_i32, -2])),
            "i32[2]",
            [7.0, -2.0],
        ),
        (
            values(HostTensor::new(&[2], vec![7_u8, 255])),
            "u8[2]",
            [7.0, 255.0],
        ),
        (
            values(HostTensor::new(&[2], vec![true, false])),
            "bool[2]",
            [1.0, 0.0],
        ),
        (
            values(HostTensor::new(&[2], vec![7_i64, -2])),
            "i64[2]",
            [7.0, -2.0],
        ),
        (
            values(HostTensor::new(&[2], vec![0.1_f64, -2.0])),
            "f64[2]",
            [0.1, -2.0],
        ),
    ] {
        assert_eq!(found, (name.to_owned(), expected.to_vec()));
    }
}

#[test]
fn known_tensors_must_be_finite() {
    for value in [f64::NAN, f64::INFINITY, -1e300] {
        let mut graph = Graph::new("net");
        let tensor = HostTensor::new(&[2], vec![0.0, value]).unwrap();
        let id = graph.add_known("known", tensor).unwrap();
        let error = Weights::synthetic(0).value(&graph, id).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Weights);
        assert_eq!(
            error.to_string(),
            format!(
                "synthetic:0: a known tensor: expected finite f32 values, found {} at index 1",
                value as f32
            )
        );
    }
}

/// Constants are compared by what they are, not by where they stand.
#[test]
fn constants_of_one_content_are_equal() {
    let of = |name: &str, known: f32, factor: f64, before: usize| {
        let mut graph = Graph::new("net");
        for index in 0..before {
            stored(&mut graph, &format!("{index}"), &[1]);
        }
        let weight = stored(&mut graph, name, &[2]);
        let known = HostTensor::new(&[2], vec![known, -0.0]).unwrap();
        let known = graph.add_known("known", known).unwrap();
        let scaled = Pointwise::operand(1).times(&Pointwise::constant(factor));
        let product = Op::Pointwise(Pointwise::operand(0).times(&scaled));
        let product = graph
            .add("product", product, vec![Some(weight), Some(known)])
            .unwrap();
        graph.constant(product[0]).unwrap()
    };
    let hash = |constant: &Constant| {
        use std::hash::{BuildHasher, RandomState};
        thread_local!(static STATE: RandomState = RandomState::new());
        STATE.with(|state| state.hash_one(constant))
    };
    let first = of("weight", 1.0, 0.5, 0);
    let same = of("weight", 1.0, 0.5, 3);
    assert_eq!((&first, hash(&first)), (&same, hash(&same)));
    for other in [
        of("other", 1.0, 0.5, 0),
        of("weight", 2.0, 0.5, 0),
        of("weight", 1.0, 0.25, 0),
        of("weight", f32::NAN, 0.5, 0),
    ] {
        assert_ne!(first, other);
    }
    // NaN is itself, and 0 is not -0.
    let nan = of("weight", f32::NAN, 0.5, 0);
    assert_eq!(nan, of("weight", f32::NAN, 0.5, 1));
    assert_ne!(of("weight", 0.0, 0.5, 0), of("weight", -0.0, 0.5, 0));
    // Nor are whole numbers the same that are so in f64.
    let whole = |number: i64| {
        let mut graph = Graph::new("net");
        let tensor = HostTensor::new(&[], vec![number]).unwrap();
        let known = graph.add_known("known", tensor).unwrap();
        graph.constant(known).unwrap()
    };
    assert_eq!(whole(1 << 53), whole(1 << 53));
    assert_ne!(whole(1 << 53), whole((1 << 53) + 1));
}

/// A sum of a constant with itself, and so on, takes twice the work each time: it must end before it is felt.
#[test]
fn constants_are_of_a_bounded_number_of_steps() {
    let grown = |op: Op, inputs: usize| {
        let mut graph = Graph::new("net");
        let mut last = stored(&mut graph, "weight", &[1]);
        for index in 0.. {
            let reads = vec![Some(last); inputs];
            match graph.add(format!("{index}"), op.clone(), reads) {
                Ok(results) => last = results[0],
                Err(error) => return (graph, last, index, error),
            }
        }
        unreachable!()
    };
    for (op, inputs, steps) in [
        (Op::Add(Add::default()), 2, 8),
        (
            Op::Reshape(Reshape {
                dims: Dims::new(&[1]).unwrap(),
            }),
            1,
            256,
        ),
    ] {
        let (graph, last, found, error) = grown(op, inputs);
        assert_eq!(found, steps);
        assert_eq!(error.kind(), ErrorKind::Shape);
        assert_eq!(
            error.to_string(),
            format!("{steps}: constants are computed in at most 256 steps")
        );
        let value = Weights::synthetic(0).value(&graph, last).unwrap()[0];
        let weight = Weights::synthetic(0).value(&graph, graph.stored().next().unwrap().0);
        assert_eq!(
            value,
            weight.unwrap()[0] * if inputs == 2 { 256.0 } else { 1.0 }
        );
    }
}

/// Folding stops where constants would take too many steps: a network of that many layers is none to refuse.
#[test]
fn endless_norms_are_folded_as_far_as_constants_go() {
    let mut graph = Graph::new("net");
    let [_, mut x] = add_conv_and_norm(&mut graph, ALL, 1, 1, 1, 1.0);
    let parameters = ["bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"];
    for index in 0..200 {
        let mut inputs = vec![Some(x)];
        inputs.extend(parameters.map(|name| Some(stored(&mut graph, name, &[1]))));
        let norm = Op::BatchNorm(BatchNorm {
            epsilon: Number(1.0),
        });
        x = graph.add(format!("norm{index}"), norm, inputs).unwrap()[0];
    }
    graph.add_output("output", x).unwrap();
    let folded = folded(&graph);
    let left = folded.computed().count();
    assert!((2..200).contains(&left), "{left} nodes");
    let run = |graph: Graph| -> Vec<f32> {
        let input = Tensor::new(1, Shape::vector(1), vec![0.5]).unwrap();
        Reference::new(graph, &Weights::synthetic(0))
            .unwrap()
            .run(&input)
            .unwrap()
            .into_data()
    };
    let (whole, parts) = (run(folded), run(graph));
    assert!(
        (whole[0] - parts[0]).abs() <= 1e-5 * parts[0].abs(),
        "{whole:?}, {parts:?}"
    );
}

/// Functions that no fold needs are computed all the same, and what cannot be is named.
#[test]
fn every_function_of_constants_is_computed() {
    let values = [0.25_f32, 2.0, -3.0];
    let bytes = file(&[("a", &[3], Data::F32(&values))]);
    let weights = Weights::from_bytes("net.safetensors", bytes).unwrap();
    let x = Pointwise::identity();
    let two = Pointwise::constant(2.0);
    type Case = (Pointwise, fn(f64) -> f64);
    let cases: [Case; 9] = [
        (x.unary(Function::Abs), f64::abs),
        (x.unary(Function::Exp), f64::exp),
        (x.unary(Function::Tanh), f64::tanh),
        (x.unary(Function::Sigmoid), |x| 1.0 / (1.0 + (-x).exp())),
        (x.unary(Function::Abs).unary(Function::Sqrt), |x| {
            x.abs().sqrt()
        }),
        (x.binary(Combination::Max, &two), |x| x.max(2.0)),
        (x.binary(Combination::Min, &two), |x| x.min(2.0)),
        (two.minus(&x).over(&x), |x| (2.0 - x) / x),
        (x.clamp(-1.0, f64::INFINITY), |x| x.max(-1.0)),
    ];
    for (expression, function) in cases {
        let mut graph = Graph::new("net");
        let a = stored(&mut graph, "a", &[3]);
        let text = expression.to_string();
        let result = graph
            .add("b", Op::Pointwise(expression), vec![Some(a)])
            .unwrap();
        let expected = values.map(|value| function(value.into()) as f32);
        assert_eq!(
            weights.value(&graph, result[0]).unwrap(),
            expected,
            "{text}"
        );
    }
}
