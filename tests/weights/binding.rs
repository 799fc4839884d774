//! Weights that fit, weights that do not, and the recipe for made-up ones.

use menagerie::graph::{Graph, ValueId, network};
use menagerie::tensor::{Element, Shape, Type};
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Error, ErrorKind};

use crate::assert_error;
use crate::common::safetensors_file::{Data, file};

/// A graph that does nothing with stored tensors of these names and extents.
fn graph(tensors: &[(&str, &[usize])]) -> (Graph, Vec<ValueId>) {
    let mut graph = Graph::new("net");
    let ids = tensors
        .iter()
        .map(|(name, extents)| {
            let ty = Type::shared(Element::F32, extents).unwrap();
            graph.add_stored(*name, ty, true).unwrap()
        })
        .collect();
    (graph, ids)
}

fn weights(tensors: &[(&str, &[usize], Data<'_>)]) -> Weights {
    Weights::from_bytes("net.safetensors", file(tensors)).unwrap()
}

#[test]
fn weights_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Weights>();
}

/// Bits computed by a separate implementation in Python, with whole numbers and numpy's float32.
#[test]
fn synthetic_weights_are_those_of_the_recipe() {
    let cases: [(&str, &[usize], u64, [u32; 3]); 9] = [
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
        (
            "features.1.0.layer_scale",
            &[96, 1, 1],
            2,
            [0x3dd2136b, 0x3d7f282b, 0x3d91e62a],
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

    let with_bias = weights(&[
        ("module.bn.weight", &[1], Data::F32(&[2.0])),
        ("module.bn.bias", &[1], Data::F32(&[2.0])),
    ]);
    assert_error(
        with_bias.check(&graph).unwrap_err(),
        "net.safetensors: not the weights of net: 1 surplus (module.bn.bias)",
    );
    // An empty file has no prefix.
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
        assert_eq!(error.to_string(), format!("net.safetensors: a: {message}"));
        let is_number = message.contains("finite");
        let kind = if is_number {
            ErrorKind::NotFinite
        } else {
            ErrorKind::Weights
        };
        assert_eq!(error.kind(), kind);
    }
}

/// Numbers that are no floats are found before any data is read, and do not make the file another network's.
#[test]
fn types_are_compared_before_values_are_read() {
    let (graph, _) = graph(&[("a.weight", &[2]), ("b.weight", &[2]), ("c.weight", &[1])]);
    let weights = |a, c| {
        weights(&[
            ("a.weight", &[2], a),
            ("b.weight", &[2], B),
            ("c.weight", &[1], c),
        ])
    };
    const B: Data<'_> = Data::F32(&[1.0, 2.0]);
    const C: Data<'_> = Data::F32(&[1.0]);
    weights(B, C).check(&graph).unwrap();
    let expected = "expected F32, F16, BF16 or F64, found";
    let int8 = format!("a.weight: {expected} I8");
    for (a, c, message) in [
        (
            Data::Raw("F8_E4M3", &[0; 2]),
            C,
            format!("1 of another type (a.weight: {expected} F8_E4M3)"),
        ),
        (
            Data::Raw("I8", &[0; 2]),
            C,
            format!("1 of another type ({int8})"),
        ),
        (
            Data::Raw("I8", &[0; 2]),
            Data::Raw("U8", &[0]),
            format!("2 of another type ({int8}, c.weight: {expected} U8)"),
        ),
    ] {
        let error = weights(a, c).check(&graph).unwrap_err();
        assert_error(
            error,
            &format!("net.safetensors: not the weights of net: {message}"),
        );
    }
}

/// One that has no root would only show as a NaN in an answer.
#[test]
fn variances_must_have_roots() {
    let net = network("net", |net| {
        let x = net.image("input", Shape::new(2, 1, 1))?;
        let x = net.batch_norm("bn", x, 0.25)?;
        // Of two layers, the one that adds less decides.
        let twice = net.batch_norm("twice", x, 0.75)?;
        let x = net.batch_norm("twice", twice, 0.5)?;
        net.output("output", x)
    });
    let net = net.unwrap();
    let tensors = |first: &'static [f32], second: &'static [f32]| {
        let mut tensors: Vec<(String, &'static [f32])> = Vec::new();
        for (layer, variance) in [("bn", first), ("twice", second)] {
            for part in ["weight", "bias", "running_mean"] {
                tensors.push((format!("{layer}.{part}"), &[1.0, 1.0]));
            }
            tensors.push((format!("{layer}.running_var"), variance));
        }
        let tensors: Vec<(&str, &[usize], Data<'_>)> = tensors
            .iter()
            .map(|(name, values)| (name.as_str(), &[2][..], Data::F32(values)))
            .collect();
        weights(&tensors)
    };
    let sound = tensors(&[2.0, -0.125], &[0.0, -0.25]);
    for (id, _) in net.stored() {
        sound.value(&net, id).unwrap();
    }
    for (first, second, message) in [
        (
            &[2.0, -0.5][..],
            &[0.0, 0.0][..],
            "bn.running_var: expected values above -0.25, found -0.5 at index 1",
        ),
        (
            &[-0.25, 0.0],
            &[0.0, 0.0],
            "bn.running_var: expected values above -0.25, found -0.25 at index 0",
        ),
        (
            &[0.0, 0.0],
            &[0.0, -0.625],
            "twice.running_var: expected values above -0.5, found -0.625 at index 1",
        ),
    ] {
        let unsound = tensors(first, second);
        let errors = net
            .stored()
            .filter_map(|(id, _)| unsound.value(&net, id).err());
        let errors: Vec<Error> = errors.collect();
        assert_eq!(errors.len(), 1);
        for error in errors {
            assert_error(error, &format!("net.safetensors: {message}"));
        }
    }
}

/// What is asked for in parts is what is asked for at once.
#[test]
fn a_part_is_a_part_of_the_whole() {
    let (graph, ids) = graph(&[("a", &[3, 5])]);
    let values: Vec<f32> = (0..15).map(|value| value as f32).collect();
    let file = weights(&[("a", &[3, 5], Data::F32(&values))]);
    for weights in [file, Weights::synthetic(3)] {
        let bound = weights.bind(&graph).unwrap();
        let constant = graph.constant(ids[0]).unwrap();
        let whole = bound.values(&constant, 0..15).unwrap();
        for range in [0..0, 0..1, 4..6, 7..15, 15..15] {
            assert_eq!(
                bound.values(&constant, range.clone()).unwrap(),
                whole[range]
            );
        }
        for range in [0..16, 16..16, usize::MAX - 1..usize::MAX] {
            let error = bound.values(&constant, range.clone()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Input);
            assert_eq!(
                error.to_string(),
                format!("a: expected elements up to 15, found {range:?}")
            );
        }
    }
}

#[test]
fn values_that_are_no_parameters_are_refused() {
    let (mut graph, _) = graph(&[("a", &[2])]);
    let vector = Type::vector(2).unwrap();
    let input = graph.add_input("input", vector).unwrap();
    let (other, others) = self::graph(&[("a", &[2]), ("b", &[2]), ("c", &[2])]);
    let made_up = Weights::synthetic(0);
    for (id, message) in [
        (
            input,
            "input: expected a constant, found a value that depends on an input",
        ),
        (others[2], "net: there is no value %2"),
    ] {
        let error = made_up.value(&graph, id).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Shape, message)
        );
    }
    made_up.value(&other, others[2]).unwrap();
}
