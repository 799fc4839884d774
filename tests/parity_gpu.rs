//! The GPU against the frameworks: every committed answer, with every pass and with none.

mod common;

use common::golden::{Golden, TOLERANCE};
use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::passes::{PassSet, optimize};
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::Weights;
use menagerie::zoo;

/// Committed answers of lenet5, mobilenet_v1, mobilenet_v2, resnet18 (one a batch) and resnet50.
const AT_LEAST: usize = 3 + 3 + 3 + 4 + 3;

fn agrees(passes: &PassSet) {
    let gpu = Gpu::open(&AdapterChoice::Default).unwrap();
    let goldens = Golden::of_zoo();
    assert!(goldens.len() >= AT_LEAST, "only {} answers", goldens.len());
    let mut failures = Vec::new();
    for golden in &goldens {
        let graph = zoo::find(&golden.model)
            .unwrap()
            .graph_for(golden.shape)
            .unwrap();
        let graph = optimize(&graph, passes).unwrap();
        let options = SessionOptions {
            batch: golden.batch,
            ..Default::default()
        };
        let weights = Weights::synthetic(golden.seed);
        let begin = std::time::Instant::now();
        let mut session = Session::new(&gpu, &graph, &weights, &options).unwrap();
        let prepared = begin.elapsed();
        let answer = session.run(&golden.input()).unwrap();
        let first = begin.elapsed();
        let begin = std::time::Instant::now();
        session.run(&golden.input()).unwrap();
        match golden.compare(&answer, TOLERANCE) {
            Ok(difference) => println!(
                "{}: {difference:.1e} prepared {prepared:.2?} first {first:.2?} run {:.2?}",
                golden.case,
                begin.elapsed()
            ),
            Err(failure) => failures.push(failure),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn agrees_with_every_pass() {
    agrees(&PassSet::all());
}

#[test]
fn agrees_without_passes() {
    agrees(&PassSet::none());
}
