//! A dispatch writes its own tensor, all of it, and nothing else: no other channels of the concatenation that it is a slice
//! of, no neighbour, nothing in front or behind.
//!
//! Every case of this folder is looked at on the default adapter, and the fixed ones on others.

use std::collections::{BTreeMap, BTreeSet};

use menagerie::kernels::View;
use menagerie::program::{Planning, Program};
use menagerie::session::{Parameters, Session, SessionOptions};
use proptest::prelude::*;

use crate::common::adapters::others;
use crate::common::cases::{self, Case};
use crate::common::device::profiles;
use crate::common::quads;
use crate::common::variants::plannings;
use crate::harness::weights;

/// Quads of guard at each end of a tensor.
const GUARD: usize = 128;

/// Bytes of a unit: a quad of f16, or half of one of f32.
const UNIT: usize = 8;

/// A slot and a unit of it.
type Unit = (usize, usize);

/// What a slot holds before a dispatch: values of f32 between one and two, no two alike, so that a value that was copied from
/// elsewhere is seen as well.
fn pattern(slot: usize, length: u64) -> Vec<u8> {
    let value = |index: u64| {
        let seed = (slot as u64) << 40 | index;
        let mixed = (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        0x3F80_0000 | (mixed ^ mixed >> 32) as u32 >> 9
    };
    (0..length / 4)
        .flat_map(|index| value(index).to_le_bytes())
        .collect()
}

/// The units whose bits a dispatch has changed.
fn changed(before: &[Vec<u8>], after: &[Vec<u8>]) -> BTreeSet<Unit> {
    let slots = before.iter().zip(after).enumerate();
    slots
        .flat_map(|(slot, (before, after))| {
            let units = before.chunks(UNIT).zip(after.chunks(UNIT)).enumerate();
            units
                .filter(|(_, (before, after))| before != after)
                .map(move |(unit, _)| (slot, unit))
        })
        .collect()
}

/// The units of `batch` images that belong to `view` and to no other tensor.
fn units(view: &View, batch: usize) -> BTreeSet<Unit> {
    let each = view.format.quad_bytes() as usize / UNIT;
    let quads = quads::of(view, batch).into_iter();
    quads
        .flat_map(|(slot, quad)| (each * quad..each * (quad + 1)).map(move |unit| (slot, unit)))
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
        .map(|(slot, &length)| pattern(slot, length))
        .collect();
    // A node's dispatches may each write a part of it, and together write all of it.
    let mut left: BTreeMap<&str, BTreeSet<Unit>> = BTreeMap::new();
    for dispatch in program.dispatches() {
        let own = units(&dispatch.output, program.batch());
        left.entry(&dispatch.node).or_default().extend(own);
    }
    for (index, dispatch) in program.dispatches().iter().enumerate() {
        let after = session.probe(index, |slot| before[slot].clone()).unwrap();
        let own = units(&dispatch.output, program.batch());
        let written = changed(&before, &after);
        let name = format!("{device}: {} by {}", dispatch.node, dispatch.kernel.name);
        prop_assert!(
            written.is_subset(&own),
            "{}: slots and units of others written: {:?}; its own are {:?}",
            name,
            written.difference(&own).take(8).collect::<Vec<_>>(),
            dispatch.output
        );
        if let Some(left) = left.get_mut(dispatch.node.as_str()) {
            left.retain(|unit| !written.contains(unit));
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
