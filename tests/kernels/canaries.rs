//! A dispatch writes its own tensor, all of it, and nothing else: no other channels of the concatenation that it is a slice
//! of, no neighbour, nothing in front or behind.
//!
//! Every case of this folder is looked at on the default adapter, and the fixed ones on others.

use std::collections::{BTreeMap, BTreeSet};

use menagerie::kernels::QUAD;
use menagerie::program::{Planning, Program};
use menagerie::session::{Parameters, Session, SessionOptions};
use proptest::prelude::*;

use crate::common::adapters::others;
use crate::common::cases::{self, Case};
use crate::common::device::profiles;
use crate::common::quads::{self, Quad};
use crate::common::variants::plannings;
use crate::harness::weights;

/// Quads of guard at each end of a tensor.
const GUARD: usize = 128;

/// What a slot holds before a dispatch: values between one and two, no two alike, so that a value that was copied from
/// elsewhere is seen as well.
fn pattern(slot: usize, length: usize) -> Vec<[f32; QUAD]> {
    let value = |index: usize| {
        let seed = (slot as u64) << 40 | index as u64;
        let mixed = (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        f32::from_bits(0x3F80_0000 | (mixed ^ mixed >> 32) as u32 >> 9)
    };
    (0..length)
        .map(|quad| [0, 1, 2, 3].map(|lane| value(QUAD * quad + lane)))
        .collect()
}

/// The quads whose bits a dispatch has changed.
fn changed(before: &[Vec<[f32; QUAD]>], after: &[Vec<[f32; QUAD]>]) -> BTreeSet<Quad> {
    let bits = |quad: &[f32; QUAD]| quad.map(f32::to_bits);
    let slots = before.iter().zip(after).enumerate();
    slots
        .flat_map(|(slot, (before, after))| {
            let quads = before.iter().zip(after).enumerate();
            quads
                .filter(|(_, (before, after))| bits(before) != bits(after))
                .map(move |(quad, _)| (slot, quad))
        })
        .collect()
}

/// Looks at what each dispatch of `case`, planned so, writes on the device of `parameters`.
pub fn check(
    case: &Case,
    device: &str,
    parameters: &Parameters,
    planning: Planning,
) -> Result<(), TestCaseError> {
    let profile = parameters.gpu().profile();
    let program = Program::new(&case.graph, profile, &planning.guarded(GUARD)).unwrap();
    let options = SessionOptions::default();
    let session = Session::of_program(&program, parameters, &options).unwrap();
    let before: Vec<_> = (program.slots().iter().enumerate())
        .map(|(slot, &length)| pattern(slot, (length / quads::BYTES) as usize))
        .collect();
    // A node's dispatches may each write a part of it, and together write all of it.
    let mut left: BTreeMap<&str, BTreeSet<Quad>> = BTreeMap::new();
    for dispatch in program.dispatches() {
        let own = quads::of(&dispatch.output, program.batch());
        left.entry(&dispatch.node).or_default().extend(own);
    }
    for (index, dispatch) in program.dispatches().iter().enumerate() {
        let after = session.probe(index, |slot| before[slot].clone()).unwrap();
        let own = quads::of(&dispatch.output, program.batch());
        let written = changed(&before, &after);
        let name = format!("{device}: {} by {}", dispatch.node, dispatch.kernel.name);
        prop_assert!(
            written.is_subset(&own),
            "{}: slots and quads of others written: {:?}; its own are {:?}",
            name,
            written.difference(&own).take(8).collect::<Vec<_>>(),
            dispatch.output
        );
        if let Some(left) = left.get_mut(dispatch.node.as_str()) {
            left.retain(|quad| !written.contains(quad));
        }
    }
    for (node, left) in left {
        prop_assert!(left.is_empty(), "{device}: {node}: never written: {left:?}");
    }
    Ok(())
}

/// The default adapter's turn comes with each case's answer.
#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "only Linux can be counted on for a second adapter"
)]
fn on_other_adapters() {
    for gpu in others() {
        for (kind, profile) in profiles(gpu.profile()) {
            let device = format!("{}, {kind}", gpu.description());
            for case in cases::all() {
                let device = format!("{device}: {}", case.name);
                let gpu = gpu.clone().with_profile(profile.clone());
                let parameters = Parameters::new(&gpu, &weights().bind(&case.graph).unwrap());
                for planning in plannings(&case.graph, case.batch, &profile) {
                    check(&case, &device, &parameters, planning).unwrap();
                }
            }
        }
    }
}
