//! The answers against the frameworks' in float64.
//!
//! One small network of several families is compared. With the environment variable `MENAGERIE_ALL`, the whole zoo is, and the
//! median over it, too.

use menagerie::gpu::Gpu;
use menagerie::passes::{PassSet, optimize};
use menagerie::program::{Planning, Precision};
use menagerie::{ErrorKind, Network, Tensor};

use crate::common::adapters::others;
use crate::common::compare::largest_difference;
use crate::common::device::devices;
use crate::common::golden::Golden;
use crate::matrix_units::preferring;

/// Largest difference over the largest score of an answer.
const TOLERANCE: f64 = 2e-2;
/// The median of the same over the networks.
const MEDIAN: f64 = 3e-3;

/// Small networks of several families, with every kernel and fusion that is common: depthwise and grouped convolutions, gates,
/// concatenations in place, residuals, transposed convolutions.
const SMALL: &[&str] = &[
    "lenet5",
    "mnasnet0_5",
    "mobilenet_v3_small",
    "regnet_y_400mf",
    "shufflenet_v2_x0_5",
    "squeezenet1_1",
    "unet_small",
];

/// The smallest answer of each network of seed 0.
fn smallest() -> Vec<Golden> {
    let mut goldens = Golden::of_zoo();
    goldens.retain(|golden| golden.seed == 0 && golden.batch == 1);
    goldens.sort_by_key(|golden| (golden.model.clone(), golden.shape.pixels()));
    // Of some networks there is an answer for an image of one pixel, which says little.
    goldens.retain(|golden| golden.shape.pixels() > 1);
    goldens.dedup_by(|later, first| later.model == first.model);
    goldens
}

/// The network of `golden` in f16 on `gpu`. Synthetic weights are not trained to keep a network's values small; layers that
/// leave the range are kept in f32 by their names.
fn loaded(
    gpu: &Gpu,
    golden: &Golden,
    precision: Precision,
) -> menagerie::Result<(Network, Vec<String>)> {
    let mut kept: Vec<String> = Vec::new();
    loop {
        let network = Network::of_graph(golden.graph(), golden.weights())
            .device(gpu.clone())
            .batch(golden.batch)
            .precision(precision);
        let network = kept
            .iter()
            .fold(network, |network, name| network.keep_f32(name));
        let mut network = network.load()?;
        let input = golden.graph().inputs()[0].name.clone();
        match network.run(&golden.input()) {
            Err(error) if error.kind() == ErrorKind::BeyondRange => {
                let layers = network.layer_errors(&[(&input, &golden.input())])?;
                let beyond = layers.iter().filter(|layer| layer.beyond_range);
                let before = kept.len();
                kept.extend(beyond.map(|layer| layer.layer.clone()));
                if kept.len() == before {
                    return Err(error);
                }
            }
            answer => {
                answer?;
                return Ok((network, kept));
            }
        }
    }
}

/// Compares an answer of f16 with `golden`, and returns the largest difference over the largest score.
fn compared(gpu: &Gpu, golden: &Golden) -> Result<f64, String> {
    compared_in(Precision::F16Storage, gpu, golden)
}

/// The same in another precision.
fn compared_in(precision: Precision, gpu: &Gpu, golden: &Golden) -> Result<f64, String> {
    let loaded = loaded(gpu, golden, precision);
    let (mut network, kept) = loaded.map_err(|error| error.to_string())?;
    if !kept.is_empty() {
        println!("{}: in f32: {}", golden.case, kept.join(", "));
    }
    let answer = network.run(&golden.input());
    let answer = answer.map_err(|error| format!("{}: {error}", golden.case))?;
    let (difference, index) = largest_difference(&golden.kept(&answer), &golden.output);
    if difference.is_nan() || difference > TOLERANCE {
        return Err(format!(
            "{}: value {index}: {difference:.1e} of the largest, more than {TOLERANCE:.0e}",
            golden.case
        ));
    }
    keeps_order(golden, &answer, difference)?;
    Ok(difference)
}

/// Two classes that are further apart than four times the error keep their order.
fn keeps_order(golden: &Golden, answer: &Tensor, difference: f64) -> Result<(), String> {
    if !answer.shape().is_vector() {
        return Ok(());
    }
    let largest = golden
        .output
        .iter()
        .fold(0.0, |largest: f64, score| largest.max(score.abs()));
    let apart = 4.0 * difference * largest;
    let scores = golden.output.iter().zip(answer.data());
    for (index, (expected, found)) in scores.clone().enumerate() {
        let mut others = scores.clone().enumerate();
        let swapped = others
            .find(|(_, (other, other_found))| expected - *other > apart && found <= *other_found);
        if let Some((other, _)) = swapped {
            return Err(format!(
                "{}: classes {index} and {other} changed places",
                golden.case
            ));
        }
    }
    Ok(())
}

#[test]
fn networks_agree() {
    let all = std::env::var_os("MENAGERIE_ALL").is_some();
    let mut goldens = smallest();
    goldens.retain(|golden| all || SMALL.contains(&golden.model.as_str()));
    assert!(goldens.len() >= SMALL.len(), "{}", goldens.len());
    let (_, gpu) = &devices()[0];
    let mut differences = Vec::new();
    let mut failures = Vec::new();
    for golden in &goldens {
        match compared(gpu, golden) {
            Ok(difference) => {
                println!("{}: {difference:.1e}", golden.case);
                differences.push(difference);
            }
            Err(failure) => failures.push(failure),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    differences.sort_by(f64::total_cmp);
    let median = differences[differences.len() / 2];
    println!("median {median:.1e} of {} networks", differences.len());
    assert!(median <= MEDIAN, "the median is {median:.1e}");
}

/// With matrix units for every layer that they can compute. On a device without them, answers are those of f16 storage.
#[test]
fn matrix_units_agree() {
    for golden in smallest() {
        if !["lenet5", "squeezenet1_1", "unet_small"].contains(&golden.model.as_str()) {
            continue;
        }
        for (device, gpu) in devices() {
            let graph = optimize(&golden.graph(), &PassSet::all()).unwrap();
            let planning = Planning::of_batch(1).precision(Precision::F16);
            let tuning = preferring(&graph, gpu.profile(), &planning);
            let has_units = !gpu.profile().matrix_sizes.is_empty();
            assert_eq!(!tuning.is_empty(), has_units, "{device}");
            let gpu = gpu.clone().with_tuning(tuning);
            let difference = compared_in(Precision::F16, &gpu, &golden);
            let difference = difference.unwrap_or_else(|failure| panic!("{device}: {failure}"));
            println!("{device}: {}: {difference:.1e}", golden.case);
            if !has_units {
                let storage = compared(&gpu, &golden);
                assert_eq!(Ok(difference), storage, "{device}: {}", golden.case);
            }
        }
    }
}

/// With tensors in buffers and in textures, with slots that are shared and apart.
#[test]
fn storages_agree() {
    for golden in smallest() {
        if !["lenet5", "shufflenet_v2_x0_5"].contains(&golden.model.as_str()) {
            continue;
        }
        for (device, gpu) in devices() {
            let difference = compared(gpu, &golden);
            let difference = difference.unwrap_or_else(|failure| panic!("{device}: {failure}"));
            println!("{device}: {}: {difference:.1e}", golden.case);
        }
    }
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "only Linux can be counted on for a second adapter"
)]
fn other_adapters_agree() {
    for gpu in others() {
        let adapter = gpu.description();
        for golden in smallest() {
            if ["lenet5", "mobilenet_v3_small", "unet_small"].contains(&golden.model.as_str()) {
                let difference = compared(&gpu, &golden);
                let difference =
                    difference.unwrap_or_else(|failure| panic!("{adapter}: {failure}"));
                println!("{adapter}: {}: {difference:.1e}", golden.case);
            }
        }
    }
}
