//! Parameters that are others times a number.

use menagerie::graph::{Derivation, Graph, Parameter, ParameterId};
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::{ErrorKind, Result};
use safetensors::tensor::{Dtype, TensorView, serialize};

/// Three times `value`, twice over: as one scaling and as two, folded into each other.
fn scaled(value: f32, factors: &[f64]) -> Result<Vec<f32>> {
    let mut graph = Graph::new("net", Shape::vector(1));
    let mut add = |name: &str, derivation| -> ParameterId {
        graph.add_parameter(Parameter {
            name: name.into(),
            shape: vec![1],
            trainable: true,
            derivation,
        })
    };
    let mut of = add("weight", Derivation::Stored);
    for &factor in factors {
        of = add("weight.scaled", Derivation::Scaled { of, factor });
    }
    let bytes = value.to_le_bytes();
    let view = TensorView::new(Dtype::F32, vec![1], &bytes).unwrap();
    let file = serialize([("weight", view)], None).unwrap();
    let weights = Weights::from_bytes("net.safetensors", file).unwrap();
    weights.value(&graph, of)
}

/// A third of three is 1 only where nothing is rounded in between.
#[test]
fn scales_are_multiplied_before_rounding() {
    let expected = (f64::from(0.7_f32) * 0.1 * 3.3) as f32;
    assert_eq!(scaled(0.7, &[0.1, 3.3]).unwrap(), [expected]);
    assert_eq!(scaled(3.0, &[0.17]).unwrap(), [0.51]);
}

#[test]
fn a_scale_that_overflows_is_an_error() {
    let error = scaled(1e30, &[1e10]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Weights);
    assert_eq!(
        error.to_string(),
        "net.safetensors: weight.scaled: scaling it by 10000000000 gives inf at index 0"
    );
}
