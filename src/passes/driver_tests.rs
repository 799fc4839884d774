//! Tests with faulty passes: the driver finds the defect, and the message names the pass.

use super::driver::run_with_report;
use super::patch::{Outcome, Pass};
use crate::graph::{
    Activation, BatchNorm, Conv2d, Draft, Graph, Insertion, MaxPool, NodeId, Number, Op, Pad,
    Padding, Pointwise, Source, Split, ValueId, Window,
};
use crate::tensor::{Element, Shape, Type};

/// Builds a network with two ReLUs, `first` and `second`, and a mean and a weight that only faulty passes read.
fn graph() -> Graph {
    let mut graph = Graph::new("net");
    let image = Type::image(Shape::new(3, 4, 4)).unwrap();
    let mean = Type::shared(Element::F32, &[4]).unwrap();
    let input = graph.add_input("input", image).unwrap();
    graph.add_stored("mean", mean, false).unwrap();
    let weight = Type::shared(Element::F32, &[3, 1, 1, 1]).unwrap();
    graph.add_stored("weight", weight, true).unwrap();
    let relu = Op::Activation(Activation::Relu);
    let first = graph.add("first", relu.clone(), vec![Some(input)]).unwrap();
    let second = graph.add("second", relu, vec![Some(first[0])]).unwrap();
    graph.add_output("output", second[0]).unwrap();
    graph
}

/// Returns the result of the node called `name`, or the input if there is no such node.
fn value(draft: &Draft, name: &str) -> ValueId {
    let graph = draft.graph();
    let mut made = graph.nodes().iter().filter(|node| node.name() == name);
    match made.next() {
        Some(node) => node.result(),
        None => graph.inputs()[0].value,
    }
}

/// Returns a stored tensor that fits as the weight of a convolution in 3 groups.
fn weight(draft: &Draft) -> ValueId {
    let mut stored = draft.graph().stored();
    let found = stored.find(|(_, value)| value.name() == "weight");
    found.unwrap().0
}

fn of(value: ValueId) -> Vec<Option<Source>> {
    vec![Some(Source::Value(value))]
}

/// Returns the error message that a pass with this `look` causes.
fn failure(look: fn(&Draft, NodeId) -> Outcome) -> String {
    let pass = Pass {
        name: "faulty",
        look,
    };
    match run_with_report(&graph(), &[&pass], None) {
        Ok((graph, _)) => panic!("it made\n{graph}"),
        Err(error) => error.to_string(),
    }
}

/// Returns `outcome` at the node called `name`, and no match at others.
fn at(draft: &Draft, id: NodeId, name: &str, outcome: impl FnOnce() -> Outcome) -> Outcome {
    match draft.node(id).name() == name {
        true => outcome(),
        false => Outcome::NoMatch,
    }
}

fn pad() -> Op {
    let padding = Padding::all(1);
    Op::Pad(Pad::zeros(padding))
}

#[test]
fn another_type_is_found() {
    let look = |draft: &Draft, id| {
        at(draft, id, "first", || {
            let inputs = of(value(draft, "input"));
            Outcome::replace(Insertion::new("pad", pad(), inputs))
        })
    };
    assert_eq!(
        failure(look),
        "pass faulty, node first: the result must stay 3x4x4, found 3x6x6"
    );
}

#[test]
fn another_number_of_results_is_found() {
    let look = |draft: &Draft, id| {
        at(draft, id, "first", || {
            let channels = vec![1, 2];
            let inputs = of(value(draft, "input"));
            Outcome::replace(Insertion::new(
                "split",
                Op::Split(Split { channels }),
                inputs,
            ))
        })
    };
    assert_eq!(
        failure(look),
        "pass faulty, node first: the result must stay 3x4x4, found 1x4x4, 2x4x4"
    );
}

#[test]
fn inputs_that_an_operation_cannot_take_are_found() {
    let look = |draft: &Draft, id| {
        at(draft, id, "first", || {
            Outcome::replace(Insertion::new("pad", pad(), Vec::new()))
        })
    };
    assert_eq!(
        failure(look),
        "pass faulty, node first: pad (pad) cannot take []: expected 1 input, found 0"
    );
}

#[test]
fn reading_a_later_node_is_found() {
    let look = |draft: &Draft, id| {
        at(draft, id, "first", || {
            Outcome::bypass(value(draft, "second"))
        })
    };
    assert_eq!(
        failure(look),
        "pass faulty, node first: first can only read what is computed before it, found second"
    );
    // The same for an operand of an expression after the operation.
    let look = |draft: &Draft, id| {
        at(draft, id, "first", || {
            let mut sum = Insertion::like(draft.node(id));
            sum.post = Pointwise::identity().plus(&Pointwise::operand(1));
            sum.operands = vec![Source::Value(value(draft, "second"))];
            Outcome::replace(sum)
        })
    };
    assert_eq!(
        failure(look),
        "pass faulty, node first: first can only read what is computed before it, found second"
    );
}

#[test]
fn parameters_of_the_wrong_shape_are_found() {
    let look = |draft: &Draft, id| {
        at(draft, id, "first", || {
            let stored = draft.graph().stored().next();
            let mean = stored.map(|(id, _)| Source::Value(id));
            let op = Op::BatchNorm(BatchNorm {
                epsilon: Number(0.0),
            });
            let mut inputs = of(value(draft, "input"));
            inputs.extend([None, None, mean, mean]);
            Outcome::replace(Insertion::new("norm", op, inputs))
        })
    };
    assert_eq!(
        failure(look),
        "pass faulty, node first: norm (batch_norm) cannot take [3x4x4, nothing, nothing, f32[4], \
         f32[4]]: expected a mean of [3], found [4]"
    );
}

#[test]
fn nodes_that_are_not_put_in_are_found() {
    let look = |draft: &Draft, id| {
        at(draft, id, "first", || {
            let mut relu = Insertion::like(draft.node(id));
            relu.inputs = vec![Some(Source::Inserted(0))];
            Outcome::replace(relu)
        })
    };
    assert_eq!(
        failure(look),
        "pass faulty, node first: there is no inserted node with index 0"
    );
}

#[test]
fn nodes_that_are_put_in_are_checked_too() {
    let look = |draft: &Draft, id| {
        at(draft, id, "first", || {
            let window = Window::square(5, 1);
            let pool = Op::MaxPool(MaxPool { window });
            let pool = Insertion::new("pool", pool, of(value(draft, "input")));
            Outcome::replace_and_insert(vec![pool], Insertion::like(draft.node(id)))
        })
    };
    assert_eq!(
        failure(look),
        "pass faulty, node first: pool (max_pool) cannot take [3x4x4]: a window of 5x5 does not fit \
         into 3x4x4"
    );
}

#[test]
fn expressions_behind_operations_are_checked() {
    let look = |draft: &Draft, id| {
        at(draft, id, "first", || {
            let mut relu = Insertion::like(draft.node(id));
            relu.post = Pointwise::identity().clamp(0.0, 6.0);
            Outcome::replace(relu)
        })
    };
    assert_eq!(
        failure(look),
        "pass faulty, node first: first: activation supports no expression after it"
    );
}

#[test]
fn expressions_in_front_of_operations_are_checked() {
    let look = |draft: &Draft, id| {
        at(draft, id, "first", || {
            let mut relu = Insertion::like(draft.node(id));
            relu.pre = Pointwise::identity().clamp(0.0, 6.0);
            Outcome::replace(relu)
        })
    };
    assert_eq!(
        failure(look),
        "pass faulty, node first: first: activation supports no expression before it"
    );
}

/// Returns a convolution of the input by a stored weight, with the sum of each input value and `operand` before it.
fn conv_after_sum(draft: &Draft, operand: ValueId) -> Outcome {
    let op = Op::Conv2d(Conv2d {
        window: Window::square(1, 1),
        groups: 3,
    });
    let inputs = vec![
        Some(Source::Value(value(draft, "input"))),
        Some(Source::Value(weight(draft))),
        None,
    ];
    let mut conv = Insertion::new("conv", op, inputs);
    conv.pre = Pointwise::identity().plus(&Pointwise::operand(1));
    conv.pre_operands = vec![Source::Value(operand)];
    Outcome::replace(conv)
}

#[test]
fn operands_in_front_of_operations_are_checked() {
    let computed = |draft: &Draft, id| {
        at(draft, id, "second", || {
            conv_after_sum(draft, value(draft, "first"))
        })
    };
    assert_eq!(
        failure(computed),
        "pass faulty, node second: conv: the expression x + a before it needs operands that are constant or have a value for each channel of 3x4x4, found first of 3x4x4"
    );
    let of_another_size =
        |draft: &Draft, id| at(draft, id, "second", || conv_after_sum(draft, weight(draft)));
    let error = failure(of_another_size);
    assert!(
        error.starts_with("pass faulty, node second: conv: "),
        "{error}"
    );
}

#[test]
fn a_pass_that_never_converges_is_stopped() {
    let look = |draft: &Draft, id| {
        at(draft, id, "second", || {
            Outcome::replace(Insertion::like(draft.node(id)))
        })
    };
    assert_eq!(
        failure(look),
        "pass faulty, node second: the passes do not converge: stopped after 16 patches"
    );
}
