//! `If`: the branch that a constant condition takes, and conditions that are not constant.

use menagerie::ErrorKind;
use menagerie::onnx::{Model, Options};
use menagerie::reference::{Operand, Reference};

use super::writer::{Message, graph_of, integers, model, node, port, values};

/// A branch of `nodes` with the output `output`.
fn branch(output: &str, nodes: &[Message], initializers: &[Message]) -> Message {
    graph_of(&[], &[output], nodes, initializers)
}

/// A node that chooses between two branches.
fn if_node(condition: &str, result: &str, [then, other]: [Message; 2]) -> Message {
    let attribute = |name, graph| {
        Message::default()
            .bytes(1, name)
            .message(6, graph)
            .int(20, 5)
    };
    node("If", &[condition], &[result])
        .message(5, attribute("then_branch", then))
        .message(5, attribute("else_branch", other))
}

/// Nodes after which `c` tells whether the last extent of `x`, which is 3, is `extent`.
fn condition() -> [Message; 3] {
    [
        node("Shape", &["x"], &["s"]),
        node("Gather", &["s", "last"], &["e"]),
        node("Equal", &["e", "extent"], &["c"]),
    ]
}

/// A file of `last`, after the condition whether the last extent is `extent`.
fn file(extent: i64, last: &[Message]) -> Vec<u8> {
    let nodes = [&condition()[..], last].concat();
    let constants = [integers("last", &[2]), integers("extent", &[extent])];
    let graph = graph_of(&[port("x", &[1, 2, 3])], &["y"], &nodes, &constants);
    model(17, graph).0
}

/// The two branches: 10 times `x`, and a branch in a branch that adds a number of its own to a value from outside.
fn branches() -> [Message; 2] {
    let ten = [values("ten", &[1], &[10.0])];
    let then = branch("a", &[node("Mul", &["x", "ten"], &["a"])], &ten);
    let one = [values("one", &[1], &[1.0])];
    let inner = branch("b", &[node("Add", &["h", "one"], &["b"])], &one);
    // The branch that is not taken has an operation that is not known.
    let unknown = branch("b", &[node("Frobnicate", &["x"], &["b"])], &[]);
    let nodes = [
        node("Neg", &["x"], &["h"]),
        node("Not", &["c"], &["n"]),
        if_node("n", "a", [inner, unknown]),
    ];
    [then, branch("a", &nodes, &[])]
}

#[test]
fn the_branch_of_a_constant_condition_is_taken() {
    let input = [1.0, -2.0, 3.0, 4.0, 5.0, -6.0];
    let multiplied = [10.0, -20.0, 30.0, 40.0, 50.0, -60.0];
    let negated = [0.0, 3.0, -2.0, -3.0, -4.0, 7.0];
    for (extent, expected) in [(3, multiplied), (4, negated)] {
        // Twice, because the names of a branch are its own.
        let nodes = [
            if_node("c", "first", branches()),
            if_node("c", "y", branches()),
            node("Relu", &["first"], &["other"]),
        ];
        let model = Model::from_bytes("branches.onnx", file(extent, &nodes)).unwrap();
        let graph = model.graph(&Options::default()).unwrap();
        let weights = model.weights(&graph).unwrap();
        let ty = *graph.ty(graph.inputs()[0].value);
        let reference = Reference::new(graph, &weights).unwrap();
        let input = Operand::new(ty, 1, &input[..]).unwrap();
        let outputs = reference.run_all(&[input]).unwrap();
        assert_eq!(outputs[0].data(), expected, "{extent}");
    }
}

fn refused(bytes: Vec<u8>) -> (ErrorKind, String) {
    let model = Model::from_bytes("net.onnx", bytes).unwrap();
    let error = model.graph(&Options::default()).unwrap_err();
    (error.kind(), error.to_string())
}

#[test]
fn other_branches_are_refused_in_one_line() {
    let alone = node("If", &["c"], &["y"]);
    let empty = || branch("a", &[], &[]);
    let depends = [
        node("ReduceMax", &["x"], &["m"]),
        node("Less", &["m", "m"], &["d"]),
        if_node("d", "y", branches()),
    ];
    // The branch in the innermost branch is `x` itself.
    let mut deep = if_node("c", "y", [branch("x", &[], &[]), branch("x", &[], &[])]);
    for _ in 0..32 {
        let both = [branch("y", std::slice::from_ref(&deep), &[]), empty()];
        deep = if_node("c", "y", both);
    }
    for (nodes, kind, expected) in [
        (
            &depends[..],
            ErrorKind::Unsupported,
            "net.onnx: not supported (operator set 17): 1 If (y): its condition depends on the image",
        ),
        (
            &[alone],
            ErrorKind::Unsupported,
            "1 If (y): expected then_branch, found none",
        ),
        (
            &[if_node("c", "y", [empty(), empty()])],
            ErrorKind::Model,
            "net.onnx: y: no node computes the output a",
        ),
    ] {
        let (found, message) = refused(file(3, nodes));
        assert_eq!(found, kind, "{message}");
        assert!(message.contains(expected), "{message}");
        assert!(!message.contains('\n'), "{message}");
    }
    let error = Model::from_bytes("net.onnx", file(3, &[deep]))
        .and_then(|model| model.graph(&Options::default()))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Model);
    assert!(!error.to_string().contains('\n'), "{error}");
}
