//! Other adapters than the default one, which all other tests run on, against the frameworks: one network
//! of each family.
//!
//! The environment variable `MENAGERIE_ADAPTER` names one that must be there, as `scripts/test.sh` does;
//! without it, all there are take part.

mod common;

use std::time::Instant;

use common::families::SMALLEST;
use common::golden::{Golden, TOLERANCE};
use menagerie::gpu::{AdapterChoice, AdapterDescription, Gpu};
use menagerie::passes::{PassSet, optimize};
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::Weights;
use menagerie::zoo;

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
    let graph = zoo::find(&golden.model)
        .unwrap()
        .graph_for(golden.shape)
        .unwrap();
    let graph = optimize(&graph, &PassSet::all()).unwrap();
    let weights = Weights::synthetic(golden.seed);
    let options = SessionOptions::default();
    let mut session =
        Session::new(gpu, &graph, &weights, &options).map_err(|error| error.to_string())?;
    let answer = session
        .run(&golden.input())
        .map_err(|error| error.to_string())?;
    golden.compare(&answer, TOLERANCE)
}

/// The adapters to try, by index.
fn chosen() -> Vec<usize> {
    let adapters = Gpu::adapters();
    let chosen = |is_meant: &dyn Fn(&AdapterDescription) -> bool| -> Vec<usize> {
        (0..adapters.len())
            .filter(|&index| is_meant(&adapters[index]))
            .collect()
    };
    match std::env::var("MENAGERIE_ADAPTER") {
        Ok(name) => {
            let named = chosen(&|adapter| adapter.to_string().contains(&name));
            assert!(!named.is_empty(), "no adapter {name}: {adapters:?}");
            named
        }
        Err(_) => {
            let default = Gpu::open(&AdapterChoice::Default).unwrap();
            chosen(&|adapter| adapter != default.description())
        }
    }
}

#[test]
fn other_adapters_agree() {
    let goldens = goldens();
    let mut failures = Vec::new();
    for index in chosen() {
        let gpu = Gpu::open(&AdapterChoice::Index(index)).unwrap();
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
