//! Weights that fit, weights that do not, and the recipe for made-up ones.

mod common;

use common::safetensors_file::{Data, file};
use menagerie::graph::{BatchNorm, BatchNormParameters, Derivation, Graph, Op, Parameter, ParameterId};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Error, ErrorKind};

/// A graph that does nothing with parameters of these names and shapes.
fn graph(parameters: &[(&str, &[usize])]) -> (Graph, Vec<ParameterId>) {
    let mut graph = Graph::new("net", Shape::vector(1));
    let ids = parameters
        .iter()
        .map(|(name, shape)| add(&mut graph, name, shape, Derivation::Stored))
        .collect();
    (graph, ids)
}

fn add(graph: &mut Graph, name: &str, shape: &[usize], derivation: Derivation) -> ParameterId {
    graph.add_parameter(Parameter {
        name: name.into(),
        shape: shape.to_vec(),
        trainable: !name.contains("running"),
        derivation,
    })
}

fn weights(tensors: &[(&str, &[usize], Data<'_>)]) -> Weights {
    Weights::from_bytes("net.safetensors", file(tensors)).unwrap()
}

fn assert_error(error: Error, message: &str) {
    assert_eq!(error.to_string(), message);
    assert_eq!(error.kind(), ErrorKind::Weights);
}

#[test]
fn weights_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Weights>();
}

/// Bits computed by a separate implementation in Python, with whole numbers and numpy's float32.
#[test]
fn synthetic_weights_are_those_of_the_recipe() {
    let cases: [(&str, &[usize], u64, [u32; 3]); 8] = [
        (
            "conv1.weight",
            &[64, 3, 7, 7],
            0,
            [0x3c95337c, 0x3dcae01f, 0xbe45652c],
        ),
        (
            "conv1.weight",
            &[64, 3, 7, 7],
            1,
            [0xbe2fec8c, 0x3d9f0dd9, 0xbd87e957],
        ),
        ("bn1.weight", &[64], 0, [0x3f5c3654, 0x3fa9863c, 0x3f88db26]),
        ("bn1.bias", &[64], 0, [0xbd8644b8, 0xbdbc5a4a, 0x3d985eba]),
        (
            "bn1.running_mean",
            &[64],
            7,
            [0x3d957898, 0x3d86b96a, 0x3d9384a6],
        ),
        (
            "bn1.running_var",
            &[64],
            u64::MAX,
            [0x3f586354, 0x3fb5c20e, 0x3f8a79a9],
        ),
        (
            "fc.weight",
            &[10, 84],
            0,
            [0xbc067762, 0x3e4bc31d, 0x3e054b2c],
        ),
        ("fc.bias", &[10], 0, [0xbb9276e6, 0xbb7c8d66, 0xbd342c20]),
    ];
    for (name, shape, seed, bits) in cases {
        let (graph, ids) = graph(&[(name, shape)]);
        let values = Weights::synthetic(seed).value(&graph, ids[0]).unwrap();
        assert_eq!(values.len(), shape.iter().product::<usize>(), "{name}");
        assert_eq!(
            [0, 1, 2].map(|i| values[i].to_bits()),
            bits,
            "{name}, seed {seed}"
        );
    }
    let (graph, ids) = graph(&[("conv1.weight", &[64, 3, 7, 7])]);
    let values = Weights::synthetic(0).value(&graph, ids[0]).unwrap();
    assert_eq!(values.last().unwrap().to_bits(), 0xbdf8793e);

    let input = synthetic_input(3, 1, Shape::new(3, 2, 2));
    let bits = [0, 1, 2].map(|i: usize| input.data()[i].to_bits());
    assert_eq!(bits, [0x3f458126, 0xbd86c8d0, 0x3e1dc350]);
}

#[test]
fn every_float_dtype_is_read() {
    // 1.5 and -2 as each dtype stores them.
    let (graph, ids) = graph(&[("a", &[2]), ("b", &[2, 1]), ("c", &[1, 2]), ("d", &[2])]);
    let weights = weights(&[
        ("a", &[2], Data::F32(&[1.5, -2.0])),
        ("b", &[2, 1], Data::Raw("F16", &[0x00, 0x3e, 0x00, 0xc0])),
        ("c", &[1, 2], Data::Raw("BF16", &[0xc0, 0x3f, 0x00, 0xc0])),
        (
            "d",
            &[2],
            Data::Raw(
                "F64",
                &[0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0],
            ),
        ),
    ]);
    weights.check(&graph).unwrap();
    for id in ids {
        assert_eq!(weights.value(&graph, id).unwrap(), [1.5, -2.0]);
    }
}

/// PyTorch's wrappers, in any order, around tensors of any float dtype and counts of training steps.
#[test]
fn names_may_have_wrappers_and_step_counts() {
    let (graph, ids) = graph(&[("bn.weight", &[1])]);
    // Two, as each dtype stores it.
    let two = [
        Data::F32(&[2.0]),
        Data::Raw("F16", &[0x00, 0x40]),
        Data::Raw("BF16", &[0x00, 0x40]),
        Data::Raw("F64", &[0, 0, 0, 0, 0, 0, 0, 0x40]),
    ];
    let steps = Data::Raw("I64", &[7, 0, 0, 0, 0, 0, 0, 0]);
    for wrapper in [
        "",
        "module.",
        "_orig_mod.",
        "_orig_mod.module.",
        "module._orig_mod.",
        "_orig_mod.module._orig_mod.",
    ] {
        for value in two {
            let wrapped = weights(&[
                (&format!("{wrapper}bn.weight"), &[1], value),
                (&format!("{wrapper}bn.num_batches_tracked"), &[], steps),
            ]);
            wrapped.check(&graph).unwrap();
            assert_eq!(wrapped.value(&graph, ids[0]).unwrap(), [2.0], "{wrapper}");
        }
    }

    let half_wrapped = weights(&[
        ("module.bn.weight", &[1], Data::F32(&[2.0])),
        ("other", &[1], Data::F32(&[2.0])),
    ]);
    assert_error(
        half_wrapped.check(&graph).unwrap_err(),
        "net.safetensors: not the weights of net: 1 missing (bn.weight); \
         2 surplus (module.bn.weight, other)",
    );
    // Nothing is left of an empty file, however long it is unwrapped.
    assert_error(
        weights(&[]).check(&graph).unwrap_err(),
        "net.safetensors: not the weights of net: 1 missing (bn.weight)",
    );
}

#[test]
fn all_misfits_are_listed_at_once() {
    let (graph, ids) = graph(&[
        ("a", &[2]),
        ("b", &[1, 2]),
        ("c1", &[1]),
        ("c2", &[1]),
        ("c3", &[1]),
        ("c4", &[1]),
        ("c5", &[1]),
        ("c6", &[1]),
        ("c7", &[1]),
    ]);
    let weights = weights(&[
        ("a", &[2], Data::F32(&[0.0, 0.0])),
        ("b", &[2, 1], Data::F32(&[0.0, 0.0])),
        ("x\u{1b}[2J\n", &[1], Data::F32(&[0.0])),
    ]);
    assert_error(
        weights.check(&graph).unwrap_err(),
        "net.safetensors: not the weights of net: 7 missing (c1, c2, c3, c4, c5 and 2 more); \
         1 misshapen (b: expected [1, 2], found [2, 1]); 1 surplus (x\\u{1b}[2J\\n)",
    );
    // Asked for one by one, they say the same.
    assert_error(
        weights.value(&graph, ids[1]).unwrap_err(),
        "net.safetensors: b: expected [1, 2], found [2, 1]",
    );
    assert_error(
        weights.value(&graph, ids[2]).unwrap_err(),
        "net.safetensors: c1: missing",
    );
    Weights::synthetic(0).check(&graph).unwrap();
}

#[test]
fn values_must_be_finite_floats() {
    let (graph, ids) = graph(&[("a", &[2])]);
    let cases = [
        (
            Data::F32(&[1.0, f32::NAN]),
            "expected finite f32 values, found NaN at index 1",
        ),
        (
            Data::F32(&[f32::NEG_INFINITY, 0.0]),
            "expected finite f32 values, found -inf at index 0",
        ),
        (
            // 1e300
            Data::Raw(
                "F64",
                &[
                    0, 0, 0, 0, 0, 0, 0, 0, 0x9c, 0x75, 0x00, 0x88, 0x3c, 0xe4, 0x37, 0x7e,
                ],
            ),
            "expected finite f32 values, found inf at index 1",
        ),
        (
            Data::Raw("F16", &[0x00, 0x7c, 0x00, 0x00]),
            "expected finite f32 values, found inf at index 0",
        ),
        (
            Data::Raw("I64", &[0; 16]),
            "expected F32, F16, BF16 or F64, found I64",
        ),
        (
            Data::Raw("F8_E4M3", &[0; 2]),
            "expected F32, F16, BF16 or F64, found F8_E4M3",
        ),
    ];
    for (data, message) in cases {
        let error = weights(&[("a", &[2], data)])
            .value(&graph, ids[0])
            .unwrap_err();
        assert_error(error, &format!("net.safetensors: a: {message}"));
    }
}

#[test]
fn folding_follows_its_formula() {
    let (mut graph, ids) = graph(&[
        ("conv.weight", &[2, 1, 1, 2]),
        ("conv.bias", &[2]),
        ("bn.weight", &[2]),
        ("bn.bias", &[2]),
        ("bn.running_mean", &[2]),
        ("bn.running_var", &[2]),
    ]);
    let norm = BatchNormParameters {
        gamma: ids[2],
        beta: ids[3],
        mean: ids[4],
        variance: ids[5],
        epsilon: 0.25,
    };
    let weight = add(
        &mut graph,
        "folded.weight",
        &[2, 1, 1, 2],
        Derivation::FoldedWeight {
            weight: ids[0],
            norm,
        },
    );
    let bias = |bias| Derivation::FoldedBias { bias, norm };
    let with_bias = add(&mut graph, "folded.bias", &[2], bias(Some(ids[1])));
    let without = add(&mut graph, "made.bias", &[2], bias(None));
    let tensors = |variance: &'static [f32]| {
        weights(&[
            (
                "conv.weight",
                &[2, 1, 1, 2],
                Data::F32(&[1.0, 2.0, 3.0, -4.0]),
            ),
            ("conv.bias", &[2], Data::F32(&[1.0, 0.0])),
            ("bn.weight", &[2], Data::F32(&[3.0, 0.5])),
            ("bn.bias", &[2], Data::F32(&[10.0, 20.0])),
            ("bn.running_mean", &[2], Data::F32(&[-1.0, 4.0])),
            ("bn.running_var", &[2], Data::F32(variance)),
        ])
    };
    // Scales 3 / sqrt(2 + 1/4) = 2 and 0.5 / sqrt(0 + 1/4) = 1.
    let weights = tensors(&[2.0, 0.0]);
    assert_eq!(
        weights.value(&graph, weight).unwrap(),
        [2.0, 4.0, 3.0, -4.0]
    );
    assert_eq!(weights.value(&graph, with_bias).unwrap(), [14.0, 16.0]);
    assert_eq!(weights.value(&graph, without).unwrap(), [12.0, 16.0]);

    let message =
        "net.safetensors: bn.running_var: expected a variance above -0.25, found -0.5 at index 1";
    let weights = tensors(&[2.0, -0.5]);
    for id in [weight, with_bias, without] {
        assert_error(weights.value(&graph, id).unwrap_err(), message);
    }
    // Also where the normalisation is a layer of its own.
    weights.value(&graph, ids[5]).unwrap();
    let mut unfolded = Graph::new("net", Shape::vector(2));
    for parameter in graph.parameters() {
        unfolded.add_parameter(parameter.clone());
    }
    let op = BatchNorm {
        channels: 2,
        parameters: norm,
        activation: Default::default(),
    };
    let input = unfolded.input();
    unfolded
        .add_node("bn", Op::BatchNorm(op), vec![input])
        .unwrap();
    assert_error(weights.value(&unfolded, ids[5]).unwrap_err(), message);
}

#[test]
fn a_fold_that_overflows_is_an_error() {
    let (mut graph, ids) = graph(&[("weight", &[1]), ("gamma", &[1]), ("running_var", &[1])]);
    let norm = BatchNormParameters {
        gamma: ids[1],
        beta: ids[1],
        mean: ids[1],
        variance: ids[2],
        epsilon: 0.0,
    };
    let folded = Derivation::FoldedWeight {
        weight: ids[0],
        norm,
    };
    let id = add(&mut graph, "conv.weight", &[1], folded);
    let weights = weights(&[
        ("weight", &[1], Data::F32(&[1e30])),
        ("gamma", &[1], Data::F32(&[1.0])),
        ("running_var", &[1], Data::F32(&[1e-30])),
    ]);
    assert_error(
        weights.value(&graph, id).unwrap_err(),
        "net.safetensors: conv.weight: folding a batch normalisation into it gives inf at index 0",
    );
}
