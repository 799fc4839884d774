//! What is computed of stored and known tensors by other expressions.

use menagerie::graph::{Combination, Function, Graph, Op, Pointwise, Transpose};
use menagerie::tensor::HostTensor;
use menagerie::weights::Weights;
use menagerie::{ErrorKind, Result};

use crate::common::safetensors_file::{Data, file};
use crate::net::{ranges, stored};

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
        assert_eq!(error.kind(), ErrorKind::NotFinite);
        assert_eq!(
            error.to_string(),
            format!(
                "synthetic:0: a known tensor: expected finite f32 values, found {} at index 1",
                value as f32
            )
        );
    }
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

/// A transposed weight is the weight of a framework that stores inputs first.
#[test]
fn transposed_constants_have_the_values_of_their_source() {
    let mut graph = Graph::new("net");
    let values: Vec<f32> = (0..24).map(|index| index as f32).collect();
    let tensor = HostTensor::new(&[2, 3, 4], values).unwrap();
    let known = graph.add_known("known", tensor).unwrap();
    let op = Op::Transpose(Transpose {
        axes: vec![2, 0, 1],
    });
    let turned = graph.add("turned", op, vec![Some(known)]).unwrap()[0];
    let constant = graph.constant(turned).unwrap();
    let weights = Weights::synthetic(0).bind(&graph).unwrap();
    // Element [i, j, k] is element [j, k, i] of the source.
    let mut expected = Vec::new();
    for i in 0..4 {
        for jk in 0..6 {
            expected.push((jk * 4 + i) as f32);
        }
    }
    for range in [0..24, 0..1, 5..17, 23..24, 24..24] {
        let found = weights.values(&constant, range.clone()).unwrap();
        assert_eq!(found, expected[range]);
    }
}
