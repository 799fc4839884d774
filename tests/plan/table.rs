//! The figures of all plans of the zoo in one committed table. A change that is not meant to change plans leaves it
//! alone; one that makes them better shows there by how much.

use std::collections::BTreeMap;

use menagerie::device::Storage;
use menagerie::graph::Graph;
use menagerie::passes::{PassSet, Report, optimize_with_report};
use menagerie::program::Program;
use menagerie::zoo;

use crate::committed::check;
use crate::common::families::without_larger;
use crate::common::networks::optimized;
use crate::{DEVICES, plan};

pub const FILE: &str = "table.txt";

const HEAD: &str = "\
# The plans of the zoo's smaller networks in figures. `MENAGERIE_UPDATE=1 cargo test --release --test plan` writes this file.
# Whole plans of a few networks lie beside it.
";

const PASSES: &str = "
# Each network after all passes: nodes that are left to compute, patches that each pass applied, places that it refused
# to change, and the nodes by kind.
";

const PLANS: &str = "
# Each plan for one image: dispatches and their workgroups, floating point operations, bytes read and written, slots of
# activations and their bytes, the least bytes by liveness, bytes of weights, and dispatches of each kernel. The kernel
# `copy` is any that only makes a second copy of a tensor.
";

#[test]
fn figures_are_as_committed() {
    let mut networks = vec![row(&[
        "network",
        "nodes",
        "patches",
        "refusals",
        "nodes by kind",
    ])];
    let mut plans = vec![row(&[
        "network",
        "device",
        "dispatches",
        "workgroups",
        "flops",
        "bytes moved",
        "slots",
        "slot bytes",
        "least bytes",
        "weight bytes",
        "kernels",
    ])];
    for model in without_larger() {
        let graph = model.graph().unwrap();
        let (optimized, report) = optimize_with_report(&graph, &PassSet::all(), None).unwrap();
        networks.push(network_row(&optimized, &report));
        for (device, profile) in &DEVICES {
            plans.push(plan_row(device, &plan(&optimized, 1, profile)));
        }
    }
    let text = [HEAD, PASSES, &table(&networks), PLANS, &table(&plans)].concat();
    check(FILE, &text).unwrap_or_else(|failure| panic!("{failure}"));
}

/// Slots take what liveness asks for, but for the places that bindings can begin at.
#[test]
fn slots_are_as_small_as_liveness_allows() {
    let mut larger = Vec::new();
    for model in zoo::models() {
        let graph = optimized(model.name);
        for (device, profile) in &DEVICES {
            let plan = plan(&graph, 1, profile);
            let mut kernels = plan.kernels().into_iter();
            let most = match model.name {
                // The planner finds no place between others for the long tensors of Winograd's algorithm.
                _ if kernels.any(|kernel| kernel.name == "winograd_input") => 1.2,
                // It does not find how tensors of three sizes and a gate's fit, which follow one another.
                "efficientnet_b4" | "efficientnet_b6" => 1.08,
                // Nor how those of many branches fit, where some are in buffers and others in textures.
                "nasnet_large" if profile.storage == Storage::Texture => 1.04,
                _ => 1.01,
            };
            let found = plan.activation_bytes() as f64 / plan.lower_bound_bytes() as f64;
            if found > most {
                larger.push(format!("{}, {device}: {found:.3}", model.name));
            }
        }
    }
    assert!(larger.is_empty(), "{}", larger.join("\n"));
}

fn network_row(optimized: &Graph, report: &Report) -> Vec<String> {
    let kinds = optimized.computed().map(|(_, node)| node.op().kind());
    let patches = report.applied.iter().map(|applied| applied.pass);
    let refusals = report.refusals.iter().map(|refusal| refusal.pass);
    row(&[
        &report.network,
        &optimized.computed().count().to_string(),
        &counts(patches),
        &counts(refusals),
        &counts(kinds),
    ])
}

fn plan_row(device: &str, plan: &Program) -> Vec<String> {
    let dispatches = plan.dispatches();
    let workgroups = dispatches.iter().map(|dispatch| {
        let [x, y, z] = dispatch.workgroups.map(u64::from);
        x * y * z
    });
    let flops = dispatches.iter().map(|dispatch| dispatch.cost.flops);
    let moved = dispatches.iter().map(|dispatch| dispatch.cost.bytes());
    let kernels = dispatches.iter().map(|dispatch| {
        match (dispatch.node.ends_with(".copy"), dispatch.instance.name) {
            (true, _) => "copy".to_owned(),
            (false, "") => dispatch.kernel.name.to_owned(),
            (false, instance) => format!("{}/{instance}", dispatch.kernel.name),
        }
    });
    let numbers = [
        dispatches.len() as u64,
        workgroups.sum(),
        flops.sum(),
        moved.sum(),
        plan.slots().len() as u64,
        plan.activation_bytes(),
        plan.lower_bound_bytes(),
        plan.weight_bytes(),
    ];
    let mut cells = row(&[plan.name(), device]);
    cells.extend(numbers.map(|number| number.to_string()));
    cells.push(counts(kernels));
    cells
}

/// How often each comes, by name: `conv2d 5, linear 3`.
fn counts<Name: Ord + std::fmt::Display>(names: impl Iterator<Item = Name>) -> String {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_insert(0) += 1;
    }
    let counts = counts.iter().map(|(name, count)| format!("{name} {count}"));
    match counts.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "-".to_owned(),
        counts => counts,
    }
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|&cell| cell.to_owned()).collect()
}

/// Columns that are as wide as what they hold; numbers stand to the right.
fn table(rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..rows[0].len())
        .map(|column| rows.iter().map(|row| row[column].len()).max().unwrap())
        .collect();
    let is_number = |column: usize| {
        let mut digits = rows[1..].iter().flat_map(|row| row[column].bytes());
        digits.all(|byte| byte.is_ascii_digit())
    };
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let width = widths[column];
            match is_number(column) {
                true => format!("{cell:>width$}"),
                false => format!("{cell:width$}"),
            }
        });
        let cells: Vec<String> = cells.collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
