//! Folded batch normalisations and scales against their formulas, bit by bit.

use std::sync::Arc;

use menagerie::graph::{Add, Constant, Graph, Number, Op, Pointwise, ValueId};
use menagerie::weights::Weights;
use menagerie::{ErrorKind, Result};

use crate::common::safetensors_file::{Data, file};
use crate::net::{ALL, Parts, add_conv_and_norm, conv_and_norm, folded, ranges, stored};

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
        assert_eq!(error.kind(), ErrorKind::NotFinite);
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
    assert_eq!(error.kind(), ErrorKind::NotFinite);
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

/// The constants that the only node of a run reads: weight and bias.
fn constants(graph: &Graph) -> [Arc<Constant>; 2] {
    let mut nodes = graph.computed();
    let (_, node) = nodes.next().unwrap();
    assert_eq!(nodes.count(), 0, "{graph}");
    [1, 2].map(|input| graph.constant(node.inputs()[input].unwrap()).unwrap())
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
