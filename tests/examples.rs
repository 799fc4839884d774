//! The network of the smallest example: short to write, and what PyTorch answers.

mod common;

#[path = "../examples/residual_net.rs"]
#[allow(dead_code, reason = "its main function is for those who run it")]
mod example;

use common::device::devices;
use common::golden::{Golden, TOLERANCE};
use example::residual_net;
use menagerie::graph::{Graph, Summary};
use menagerie::passes::{PassSet, optimize};
use menagerie::reference::Reference;
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::Weights;

fn graph() -> Graph {
    residual_net(128, 10).unwrap()
}

#[test]
fn it_has_the_parameters_of_keras_and_pytorch() {
    let summary = Summary::of(&graph()).to_string();
    assert!(summary.contains("Total params: 1,068,490"), "{summary}");
}

#[test]
fn it_answers_what_pytorch_does() {
    let golden = Golden::of_example("residual_net");
    let weights = Weights::synthetic(golden.seed);
    let reference = Reference::new(graph(), &weights).unwrap();
    let answer = reference.run(&golden.input()).unwrap();
    golden.compare(&answer, TOLERANCE).unwrap();
    for passes in [PassSet::all(), PassSet::none()] {
        let graph = optimize(&graph(), &passes).unwrap();
        for (device, gpu) in devices() {
            let options = SessionOptions::default();
            let mut session = Session::new(gpu, &graph, &weights, &options).unwrap();
            let answer = session.run(&golden.input()).unwrap();
            let compared = golden.compare(&answer, TOLERANCE);
            compared.unwrap_or_else(|wrong| panic!("{device}: {wrong}"));
        }
    }
}

#[test]
fn it_is_short() {
    let lines = include_str!("../examples/residual_net.rs").lines().count();
    assert!(lines <= 60, "{lines} lines");
}
