//! That a graph computes the same after passes as before, whichever run and however far.

use std::cell::RefCell;
use std::collections::BTreeMap;

use menagerie::graph::Graph;
use menagerie::passes::{PassSet, optimize, optimize_with_report};
use menagerie::reference::Reference;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Tensor, zoo};

use crate::common::compare::{assert_near, difference_of_scale};
use crate::common::families::SMALLEST;
use crate::common::golden::{Golden, TOLERANCE};
use crate::common::networks::published;
use crate::random::{grow, over_random_steps};

const BATCH: usize = 2;
/// Answers may cancel to next to nothing where what is added up to them does not.
const SMALLEST_SCALE: f64 = 0.1;
const CASES: u32 = 240;
/// Each pass must do something at least this often over all cases, or the cases test nothing.
const LEAST_PATCHES: usize = 40;

fn answer(graph: &Graph) -> Tensor {
    answer_with(graph, &Weights::synthetic(0))
}

fn answer_with(graph: &Graph, weights: &Weights) -> Tensor {
    let input = synthetic_input(0, BATCH, graph.input_shape().unwrap());
    Reference::new(graph.clone(), weights)
        .unwrap()
        .run(&input)
        .unwrap()
}

/// The largest difference over the largest magnitude.
fn difference(found: &Tensor, expected: &Tensor) -> f64 {
    assert_eq!(found.shape(), expected.shape());
    difference_of_scale(found.data(), expected.data(), SMALLEST_SCALE).0
}

fn agrees(found: &Tensor, expected: &Tensor) -> bool {
    difference(found, expected) <= TOLERANCE
}

/// Each pass alone, all, and all but each.
fn sets() -> Vec<PassSet> {
    let all = PassSet::all();
    let mut sets = vec![all.clone()];
    for name in all.names() {
        sets.push(PassSet::only(name).unwrap());
        sets.push(all.without(name).unwrap());
    }
    sets
}

#[test]
fn random_graphs_compute_the_same() {
    let sets = sets();
    let patches = RefCell::new(BTreeMap::new());
    over_random_steps(CASES, |steps| {
        let graph = grow(steps).graph();
        let expected = answer(&graph);
        for set in &sets {
            let (optimized, report) = optimize_with_report(&graph, set, None).unwrap();
            let found = answer(&optimized);
            assert!(
                agrees(&found, &expected),
                "{:?}: {:?} between\n{graph}and\n{optimized}{report}",
                set.names(),
                difference(&found, &expected),
            );
            for applied in report.applied {
                *patches.borrow_mut().entry(applied.pass).or_insert(0) += 1;
            }
            assert_eq!(optimize(&optimized, set).unwrap(), optimized);
        }
    });
    for name in PassSet::all().names() {
        let patches = patches.borrow().get(name).copied().unwrap_or(0);
        println!("{name}: {patches} patches");
        assert!(patches >= LEAST_PATCHES, "{name}: only {patches} patches");
    }
}

#[test]
fn half_done_graphs_compute_the_same() {
    let all = PassSet::all();
    over_random_steps(CASES / 4, |steps| {
        let graph = grow(steps).graph();
        let expected = answer(&graph);
        let (_, report) = optimize_with_report(&graph, &all, None).unwrap();
        for limit in 0..report.applied.len() {
            let (optimized, _) = optimize_with_report(&graph, &all, Some(limit)).unwrap();
            assert!(
                agrees(&answer(&optimized), &expected),
                "after {limit} patches:\n{graph}and\n{optimized}{report}"
            );
        }
    });
}

/// A network of each family, for images as small as it takes.
#[test]
fn networks_compute_the_same() {
    let goldens = Golden::of_zoo();
    for name in SMALLEST {
        let model = zoo::find(name).unwrap();
        let usual = model.input;
        let sides = [32, 64, 96, 160, usual.height];
        let mut graphs = sides.iter().filter_map(|&side| {
            let mut input = usual;
            (input.height, input.width) = (side.min(usual.height), side.min(usual.width));
            model.graph_for(input).ok()
        });
        let graph = graphs.next().unwrap();
        let optimized = optimize(&graph, &PassSet::all()).unwrap();
        assert!(optimized.computed().count() < graph.computed().count());
        // Some are chaotic with other weights.
        let golden = goldens.iter().find(|golden| golden.model == *name);
        let weights = golden.unwrap().weights();
        let [found, expected] = [&optimized, &graph].map(|graph| answer_with(graph, &weights));
        assert_near(model.name, &found, &expected, TOLERANCE);
    }
}

/// The comparison itself: one value off by a little more than allowed is found.
#[test]
fn a_wrong_value_is_found() {
    let graph = published("lenet5");
    let expected = answer(&graph);
    let scale = expected
        .data()
        .iter()
        .fold(0.0_f32, |scale, x| scale.max(x.abs()));
    let mut found = expected.clone();
    found.data_mut()[7] += 2.0 * TOLERANCE as f32 * scale;
    assert!(agrees(&expected, &expected));
    assert!(!agrees(&found, &expected));
    found.data_mut()[7] = f32::NAN;
    assert!(!agrees(&found, &expected));
}
