//! `Loop`: rounds whose number the file fixes, and loops that depend on the image.

use menagerie::ErrorKind;
use menagerie::onnx::{Model, Options};
use menagerie::reference::{Operand, Reference};

use super::writer::{Message, graph_of, integers, model, node, port};

const INPUT: [f32; 3] = [1.0, -2.0, 3.0];

/// A node that repeats `body`, and whose results are `results`.
fn loop_node(inputs: &[&str], results: &[&str], body: Message) -> Message {
    let body = Message::default()
        .bytes(1, "body")
        .message(6, body)
        .int(20, 5);
    node("Loop", inputs, results).message(5, body)
}

/// A round: `h` becomes twice `h` plus the number of the round. The result is collected, too. `condition` is the
/// condition of the next round.
fn body(condition: &[Message], outputs: &[&str]) -> Message {
    let ports = [port("i", &[]), port("c", &[]), port("h", &[1, 3])];
    let mut nodes = vec![
        node("Cast", &["i"], &["f"]).message(5, to_float()),
        node("Add", &["h", "h"], &["d"]),
        node("Add", &["d", "f"], &["next"]),
        node("Neg", &["next"], &["row"]),
    ];
    nodes.extend_from_slice(condition);
    graph_of(&ports, outputs, &nodes, &[])
}

fn to_float() -> Message {
    Message::default().bytes(1, "to").int(3, 1).int(20, 2)
}

/// A file of a loop of `rounds` rounds at most, and then `last`.
fn file(rounds: i64, nodes: &[Message]) -> Vec<u8> {
    let constants = [integers("rounds", &[rounds]), integers("two", &[2])];
    let graph = graph_of(&[port("x", &[1, 3])], &["y"], nodes, &constants);
    model(17, graph).0
}

fn output(bytes: Vec<u8>) -> Vec<f32> {
    let model = Model::from_bytes("loops.onnx", bytes).unwrap();
    let graph = model.graph(&Options::default()).unwrap();
    let weights = model.weights(&graph).unwrap();
    let ty = *graph.ty(graph.inputs()[0].value);
    let reference = Reference::new(graph, &weights).unwrap();
    let input = Operand::new(ty, 1, &INPUT[..]).unwrap();
    reference.run_all(&[input]).unwrap()[0].data().to_vec()
}

#[test]
fn rounds_of_a_fixed_number_are_computed_one_after_another() {
    let go_on = [node("Identity", &["c"], &["more"])];
    let until_two = [node("Less", &["i", "two"], &["more"])];
    let after = |rounds: i32| -> Vec<f32> {
        let step = |value: f32, round: i32| 2.0 * value + round as f32;
        let value = |input: f32| (0..rounds).fold(input, step);
        INPUT.into_iter().map(value).collect()
    };
    for (rounds, condition, expected) in [
        (4, &go_on, 4),
        (0, &go_on, 0),
        // The condition is false after the round of number 2.
        (9, &until_two, 3),
    ] {
        // Twice, because the names of a body are its own.
        let outputs = ["more", "next"];
        let nodes = [
            loop_node(&["rounds", "", "x"], &["unread"], body(condition, &outputs)),
            loop_node(&["rounds", "", "x"], &["y"], body(condition, &outputs)),
        ];
        assert_eq!(output(file(rounds, &nodes)), after(expected), "{rounds}");
    }
    let collecting = body(&go_on, &["more", "next", "row"]);
    let nodes = [
        loop_node(&["rounds", "", "x"], &["z", "rows"], collecting),
        node("Squeeze", &["rows"], &["y"]),
    ];
    let rows: Vec<f32> = (1..=3).flat_map(after).map(|value| -value).collect();
    assert_eq!(output(file(3, &nodes)), rows);
}

#[test]
fn other_loops_are_refused_in_one_line() {
    let go_on = [node("Identity", &["c"], &["more"])];
    let depends = [
        node("ReduceMax", &["h"], &["m"]),
        node("Less", &["m", "m"], &["more"]),
    ];
    let outputs = ["more", "next"];
    let number = [
        node("ReduceMax", &["x"], &["m"]),
        loop_node(&["m", "", "x"], &["y"], body(&go_on, &outputs)),
    ];
    let both = ["more", "next", "row"];
    for (rounds, nodes, expected) in [
        (
            3,
            &number[..],
            "1 Loop (y): its number of rounds depends on the image",
        ),
        (
            3,
            &[loop_node(
                &["rounds", "", "x"],
                &["y"],
                body(&depends, &outputs),
            )],
            "1 Loop (y): its condition depends on the image",
        ),
        (
            1 << 20,
            &[loop_node(
                &["rounds", "", "x"],
                &["y"],
                body(&go_on, &outputs),
            )],
            "1 Loop (y): expected at most 1024 rounds",
        ),
        (
            0,
            &[loop_node(
                &["rounds", "", "x"],
                &["y", "rows"],
                body(&go_on, &both),
            )],
            "1 Loop (y): it collects the values of no round",
        ),
        (
            3,
            &[loop_node(
                &["rounds", "", "x", "x"],
                &["y"],
                body(&go_on, &outputs),
            )],
            "1 Loop (y): expected a body that passes 2 values on",
        ),
        (
            3,
            &[node("Loop", &["rounds", "", "x"], &["y"])],
            "1 Loop (y): expected a body, found none",
        ),
    ] {
        let model = Model::from_bytes("net.onnx", file(rounds, nodes)).unwrap();
        let error = model.graph(&Options::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}
