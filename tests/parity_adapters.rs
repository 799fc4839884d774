//! Other adapters than the default one, which all other tests run on, against the frameworks: one network
//! of each family.
//!
//! `scripts/test.sh` runs them twice, each time with another adapter that must be there.

mod common;

use std::time::Instant;

use common::adapters::{chosen, others};
use common::device::open;
use common::families::SMALLEST;
use common::golden::{Golden, TOLERANCE};
use menagerie::gpu::Gpu;
use menagerie::passes::{PassSet, optimize};
use menagerie::session::{Session, SessionOptions};

/// The answers for the smallest image of each family.
fn goldens() -> Vec<Golden> {
    let mut goldens = Golden::of_zoo();
    goldens.retain(|golden| golden.seed == 0 && golden.batch == 1);
    goldens.sort_by_key(|golden| golden.shape.pixels());
    SMALLEST
        .iter()
        .map(|&name| {
            let place = goldens.iter().position(|golden| golden.model == name);
            goldens.remove(place.unwrap())
        })
        .collect()
}

fn compare(gpu: &Gpu, golden: &Golden) -> Result<f64, String> {
    let graph = optimize(&golden.graph(), &PassSet::all()).unwrap();
    let weights = golden.weights();
    let options = SessionOptions::default();
    let mut session =
        Session::new(gpu, &graph, &weights, &options).map_err(|error| error.to_string())?;
    let outputs = session
        .run_outputs(&golden.input())
        .map_err(|error| error.to_string())?;
    golden.compare_outputs(&outputs, TOLERANCE)
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "only Linux can be counted on for a second adapter"
)]
fn other_adapters_agree() {
    let goldens = goldens();
    let mut failures = Vec::new();
    for gpu in others() {
        let adapter = gpu.description();
        for golden in &goldens {
            let started = Instant::now();
            match compare(&gpu, golden) {
                Ok(difference) => println!(
                    "{adapter}: {}: {difference:.1e} in {:.2?}",
                    golden.case,
                    started.elapsed()
                ),
                Err(failure) => failures.push(format!("{adapter}: {failure}")),
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_missing_adapter_is_a_failure() {
    let default = open();
    let default = default.description();
    let alone = [default.clone()];
    assert_eq!(chosen(&alone, Some(&default.name), default), Ok(vec![0]));
    for (name, expected) in [
        (Some("abacus"), "expected an adapter abacus, found "),
        (None, "expected an adapter beside the default one, found "),
    ] {
        let missing = chosen(&alone, name, default).unwrap_err();
        assert!(missing.starts_with(expected), "{missing}");
    }
}
