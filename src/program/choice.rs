//! The choice of a kernel for an operation.

use std::cmp::Reverse;

use super::Planning;
use crate::device::DeviceKind;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{Candidate, Cooperation, Site, Work};

/// What is fast on a kind of device.
struct Heuristic {
    kind: DeviceKind,
    /// The ways in which the invocations of a workgroup can cooperate, the fastest first.
    order: [Cooperation; 4],
    /// The number of workgroups that keeps the device busy.
    busy: usize,
}

const HEURISTICS: &[Heuristic] = &[
    // A large GPU has more than a hundred processors.
    Heuristic {
        kind: DeviceKind::Gpu,
        order: [
            Cooperation::Staging,
            Cooperation::Alone,
            Cooperation::Lanes,
            Cooperation::Sums,
        ],
        busy: 128,
    },
    // Workgroup memory is ordinary memory here, and barriers are expensive.
    Heuristic {
        kind: DeviceKind::Software,
        order: [
            Cooperation::Lanes,
            Cooperation::Alone,
            Cooperation::Staging,
            Cooperation::Sums,
        ],
        busy: 0,
    },
];

/// Returns the kernels that compute the operation of `site`. The first one is chosen if nothing was measured.
///
/// # Errors
/// [`ErrorKind::Unsupported`] if there is none. The message lists the reason of each kernel.
pub fn candidates(site: &Site<'_>) -> Result<Vec<Candidate>> {
    let mut accepted = Vec::new();
    let mut declined = Vec::new();
    for candidate in Candidate::of(site.kind()) {
        match candidate.accept(site) {
            Ok(()) => accepted.push(candidate),
            Err(reason) => declined.push((candidate, reason)),
        }
    }
    if accepted.is_empty() {
        let reasons = declined.iter();
        let reasons = reasons.map(|(candidate, reason)| format!("{} {reason}", candidate.name()));
        let reasons = match declined.is_empty() {
            true => "there is no kernel for this operation".to_owned(),
            false => reasons.collect::<Vec<String>>().join("; "),
        };
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!("no kernel computes {site}: {reasons}"),
        ));
    }
    let default_choice = default_choice(site, &accepted);
    accepted[..=default_choice].rotate_right(1);
    Ok(accepted)
}

/// Returns the kernel for the operation of `site`: the planning's candidate or a preferred kernel if it computes it,
/// otherwise the default choice.
///
/// # Errors
/// The same as [`candidates`].
pub fn choose(site: &Site<'_>, planning: &Planning) -> Result<Candidate> {
    let chosen = planning.chosen();
    if let Some(chosen) = chosen.filter(|candidate| candidate.accept(site).is_ok()) {
        return Ok(chosen);
    }
    let candidates = candidates(site)?;
    let preferred = planning.preferred(|| site.layer().to_string());
    let mut preferred = preferred.into_iter().filter_map(|name| {
        let mut candidates = candidates.iter();
        candidates.find(|candidate| candidate.name() == name)
    });
    Ok(*preferred.next().unwrap_or(&candidates[0]))
}

/// Returns the index of the default choice, without measurements. Among the kernels with the fewest operations it
/// is the one whose cooperation suits the device best, and a specialised kernel before a general one. If its
/// workgroups do not keep the device busy, a kernel that shares sums between invocations is chosen, provided that
/// each invocation has at least two products to add, or that the workgroups of the first choice would be mostly
/// empty.
fn default_choice(site: &Site<'_>, accepted: &[Candidate]) -> usize {
    let heuristic = HEURISTICS
        .iter()
        .find(|heuristic| heuristic.kind == site.device().kind)
        .unwrap_or(&HEURISTICS[0]);
    let rank = |work: &Work| {
        let mut order = heuristic.order.iter();
        order.position(|&cooperation| cooperation == work.cooperation)
    };
    let works: Vec<Work> = accepted
        .iter()
        .map(|candidate| candidate.work(site))
        .collect();
    let least = works.iter().map(|work| work.flops).min();
    let cheapest = || (0..works.len()).filter(|&index| Some(works[index].flops) == least);
    let suits_best = cheapest().min_by_key(|&index| {
        let is_made_for_it = accepted[index].is_made_for(site.kind());
        (rank(&works[index]), Reverse(is_made_for_it))
    });
    let best = suits_best.unwrap_or(0);
    if works[best].workgroups >= heuristic.busy {
        return best;
    }
    let shares_sums = |&index: &usize| {
        let work = &works[index];
        work.cooperation == Cooperation::Sums && (work.depth >= 2 || works[best].is_underfull)
    };
    cheapest().find(shares_sums).unwrap_or(best)
}
