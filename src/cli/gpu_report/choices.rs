//! The planner's choice of kernels against the fastest ones that are measured.

use menagerie::gpu::Gpu;
use menagerie::graph::Graph;
use menagerie::passes::{PassSet, optimize};
use menagerie::program::Planning;
use menagerie::session::SessionOptions;
use menagerie::tune::{self, Layer, Tried};
use menagerie::{Result, zoo};
use serde_json::{Value, json};

use super::budget::Budget;
use super::{failed, left_out};
use crate::cli::output::quartiles;

/// Interleaved rounds of the kernels of a layer.
const ROUNDS: usize = 5;

/// Each layer of `networks` that several kernels can compute, with the times of all of them. No result is stored.
pub fn of_networks(gpu: &Gpu, networks: &[&str], budget: Budget) -> Vec<Value> {
    let mut entries = Vec::new();
    for name in networks {
        match graph_of(name) {
            Ok(graph) => {
                let layers = tune::layers(&graph, gpu.profile(), &Planning::of_batch(1));
                entries.extend(
                    layers
                        .iter()
                        .map(|layer| entry(gpu, name, &graph, layer, budget)),
                );
            }
            Err(error) => entries.push(failed(json!({ "model": name }), &error)),
        }
    }
    entries
}

fn graph_of(name: &str) -> Result<Graph> {
    optimize(&zoo::find(name)?.graph()?, &PassSet::all())
}

fn entry(gpu: &Gpu, name: &str, graph: &Graph, layer: &Layer, budget: Budget) -> Value {
    let entry = json!({
        "model": name,
        "layer": graph.node(layer.nodes[0]).name(),
        "layers": layer.nodes.len(),
        "operation": layer.key,
    });
    if budget.is_over() {
        return left_out(entry);
    }
    match tune::try_kernels(gpu, graph, layer, &SessionOptions::default(), ROUNDS) {
        Ok(tried) => value(entry, &tried),
        Err(error) => failed(entry, &error),
    }
}

fn value(mut entry: Value, tried: &Tried) -> Value {
    entry["planned"] = tried.kernels[0].kernel.name().into();
    entry["fastest"] = tried.kernels[tried.winner].kernel.name().into();
    let kernels = tried.kernels.iter().map(|kernel| {
        json!({
            "kernel": kernel.kernel.name(),
            "median_us": kernel.median.as_secs_f64() * 1e6,
            "ratio": quartiles(&kernel.ratio),
        })
    });
    entry["kernels"] = kernels.collect();
    entry
}
