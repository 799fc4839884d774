//! Building, optimising and planning random networks for random devices, with no device at hand: no panic, one line of
//! complaint, and every operation and kernel gets its turn.
//!
//! `MENAGERIE_RANDOM` says how many; without it there are few enough for every day.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::thread;

use menagerie::device::{DeviceKind, DeviceProfile, Hardware, MatrixSizes, Storage};
use menagerie::graph::Graph;
use menagerie::kernels::{Candidate, KERNELS};
use menagerie::passes::{PassSet, optimize};
use menagerie::program::{Planning, Precision, Program};
use menagerie::{Error, ErrorKind};

use crate::chance::Chance;
use crate::network::{ODD, SMALL, network};

/// Networks of an ordinary run.
const EVERY_DAY: u64 = 12_000;

/// What a program is refused with where a call reaches beyond its place.
const REACH: &str = "bytes into";

/// What was seen.
#[derive(Default)]
struct Seen {
    /// How often an operation was in a network that was planned.
    operations: BTreeMap<&'static str, usize>,
    /// How often a kernel was called.
    kernels: BTreeMap<&'static str, usize>,
    planned: usize,
    refused: usize,
}

impl Seen {
    fn merge(&mut self, other: Self) {
        for (kind, count) in other.operations {
            *self.operations.entry(kind).or_default() += count;
        }
        for (kernel, count) in other.kernels {
            *self.kernels.entry(kernel).or_default() += count;
        }
        self.planned += other.planned;
        self.refused += other.refused;
    }
}

#[test]
fn planning_never_panics_and_reaches_every_operation() {
    let count = std::env::var("MENAGERIE_RANDOM").map_or(EVERY_DAY, |count| {
        count.parse().expect("MENAGERIE_RANDOM is a whole number")
    });
    let threads = thread::available_parallelism().map_or(1, NonZero::get) as u64;
    let mut seen = Seen::default();
    thread::scope(|scope| {
        let shares: Vec<_> = (0..threads)
            .map(|share| {
                scope.spawn(move || {
                    let mut seen = Seen::default();
                    for seed in (share..count).step_by(threads as usize) {
                        plan(seed, &mut seen);
                    }
                    seen
                })
            })
            .collect();
        for share in shares {
            seen.merge(share.join().expect("no panic"));
        }
    });
    println!(
        "{count} networks: {} planned, {} refused\n{:#?}\n{:#?}",
        seen.planned, seen.refused, seen.operations, seen.kernels
    );
    // A thousand of each in a million, and as many as can be expected of less.
    let least = (count / 1000).max(1) as usize;
    for kernel in KERNELS {
        let called = seen.kernels.get(kernel.name).copied().unwrap_or_default();
        // Few random networks have an image of 16 tiles with whole quads of channels, or two layers that are faster joined.
        let is_rare = kernel.name.starts_with("winograd") || kernel.name == "conv_separable";
        let least = if is_rare { 1 } else { least };
        assert!(called >= least, "{}: called {called} times", kernel.name);
    }
    for (kind, found) in &seen.operations {
        assert!(*found >= least, "{kind}: planned {found} times");
    }
    assert!(seen.operations.len() >= 20, "{:?}", seen.operations);
}

fn plan(seed: u64, seen: &mut Seen) {
    let mut refusals = Vec::new();
    let extremes = if seed.is_multiple_of(2) { SMALL } else { ODD };
    let graph = network(Chance::new(seed), extremes, &mut refusals);
    refusals
        .iter()
        .for_each(|refusal| is_one_line(seed, refusal));
    let graph = match graph {
        Ok(graph) => graph,
        Err(error) => return is_one_line(seed, &error),
    };
    let mut chance = Chance::new(!seed);
    let (profile, batch) = (device(&mut chance), chance.one_of(&[1, 1, 2, 5, 1 << 20]));
    let optimized = optimize(&graph, &PassSet::all())
        .unwrap_or_else(|error| panic!("seed {seed}: {error}\n{graph}"));
    for graph in [&graph, &optimized] {
        let mut planning = Planning::of_batch(batch);
        let in_f16 = chance.once_in(3);
        if in_f16 {
            planning = planning.precision(Precision::F16);
        }
        if chance.once_in(2) {
            // In f16, matrix units: few networks have layers for them.
            let sizes = Candidate::all().filter(|size| size.kernel.matrix_units || !in_f16);
            let sizes: Vec<Candidate> = sizes.collect();
            planning = planning.kernel(chance.one_of(&sizes).name());
        }
        match Program::new(graph, &profile, &planning) {
            Ok(program) => {
                seen.planned += 1;
                count(graph, &program, seen);
            }
            Err(error) => {
                seen.refused += 1;
                let kinds = [ErrorKind::Limit, ErrorKind::Unsupported, ErrorKind::Input];
                assert!(
                    kinds.contains(&error.kind()),
                    "seed {seed}: {error}\n{graph}"
                );
                is_one_line(seed, &error);
                // A call that reaches beyond its place is a kernel's defect.
                assert!(
                    !error.to_string().contains(REACH),
                    "seed {seed}: {error}\n{graph}"
                );
            }
        }
    }
}

fn count(graph: &Graph, program: &Program, seen: &mut Seen) {
    for (_, node) in graph.computed() {
        *seen.operations.entry(node.op().kind()).or_default() += 1;
    }
    for dispatch in program.dispatches() {
        *seen.kernels.entry(dispatch.kernel.name).or_default() += 1;
    }
}

fn is_one_line(seed: u64, error: &Error) {
    let text = error.to_string();
    let fits = !text.is_empty() && text.len() < 1000 && !text.contains('\n');
    assert!(fits, "seed {seed}: {text}");
}

/// A device that may be poor in any way.
fn device(chance: &mut Chance) -> DeviceProfile {
    let plain = DeviceProfile::WEBGPU;
    let software = DeviceProfile {
        kind: DeviceKind::Software,
        storage: Storage::Texture,
        subgroup_size: Some(8),
        ..plain.clone()
    };
    let mut device = chance.one_of(&[&plain, &software]).clone();
    if chance.once_in(3) {
        device.shared_slots = false;
    }
    if chance.once_in(3) {
        // So slow that values are in buffers beside textures wherever this saves anything.
        device.hardware = Some(Hardware {
            flops_per_second: 1_000_000,
            ..device.hardware()
        });
    }
    if chance.once_in(4) {
        device.subgroup_size = chance.one_of(&[None, Some(4), Some(8), Some(32)]);
    }
    if chance.once_in(3) {
        device.matrix_sizes = chance.one_of(&[MatrixSizes::OF_8, MatrixSizes::OF_16]);
        device.subgroup_size = Some(32);
    }
    if chance.once_in(6) {
        device.max_binding_bytes = chance.one_of(&[0, 16, 4096, 1 << 16]);
    }
    if chance.once_in(6) {
        device.max_buffer_bytes = chance.one_of(&[0, 16, 4096, 1 << 16]);
    }
    if chance.once_in(6) {
        device.max_texture_side = chance.one_of(&[0, 1, 2, 64]);
    }
    if chance.once_in(6) {
        device.max_workgroups = chance.one_of(&[0, 1, 2, 16]);
    }
    if chance.once_in(6) {
        device.max_invocations = chance.one_of(&[0, 32, 64, 128]);
    }
    if chance.once_in(6) {
        device.uniform_alignment = chance.one_of(&[0, 1, 32, 256]);
    }
    device
}
