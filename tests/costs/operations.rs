//! Every operation costs what is worked out by hand.

use std::collections::BTreeSet;

use menagerie::graph::{Cost, Graph};
use menagerie::kernels::KERNELS;
use menagerie::tensor::Shape;

use crate::case::cost;
use crate::{convolution, movement, pointwise, pooling, vectors};

#[test]
fn operations_cost_what_is_worked_out_by_hand() {
    let mut graph = Graph::new("case", Shape::new(1, 1, 1));
    let cases = [
        convolution::cases(&mut graph),
        pointwise::cases(&mut graph),
        pooling::cases(),
        movement::cases(),
        vectors::cases(&mut graph),
    ]
    .concat();
    for case in &cases {
        let expected = Cost {
            flops: case.flops,
            activation_bytes: 4 * case.activations,
            parameter_bytes: 4 * case.parameters,
        };
        let found = cost(graph.clone(), case.op.clone(), case.inputs);
        assert_eq!(found, expected, "{} of {:?}", case.op, case.inputs);
    }
    let kinds: BTreeSet<&str> = cases.iter().map(|case| case.op.kind()).collect();
    for kernel in KERNELS {
        for op in kernel.ops() {
            assert!(kinds.contains(op), "no case of {op}");
        }
    }
}
