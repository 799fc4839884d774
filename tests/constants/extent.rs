//! When constants are the same, and how long they may be computed.

use menagerie::graph::{Add, BatchNorm, Constant, Graph, Number, Op, Pointwise, Reshape};
use menagerie::reference::Reference;
use menagerie::tensor::{Dims, HostTensor, Shape};
use menagerie::weights::Weights;
use menagerie::{ErrorKind, Tensor};

use crate::net::{ALL, add_conv_and_norm, folded, stored};

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
