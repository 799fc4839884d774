//! Which kernel computes an operation.

use std::cmp::Reverse;

use super::Planning;
use crate::device::DeviceKind;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{Candidate, Cooperation, Site, Work};

/// What is fast on a kind of device.
struct Habits {
    kind: DeviceKind,
    /// What the invocations of a workgroup best do for each other, the best first.
    order: [Cooperation; 4],
    /// Workgroups that keep it busy.
    busy: usize,
}

const HABITS: &[Habits] = &[
    // A large one has a hundred processors and more.
    Habits {
        kind: DeviceKind::Gpu,
        order: [
            Cooperation::Staging,
            Cooperation::Alone,
            Cooperation::Lanes,
            Cooperation::Sums,
        ],
        busy: 128,
    },
    // Its workgroup memory is memory like any other, and its barriers are dear.
    Habits {
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

/// The kernels that compute the operation of `site`, the one that is chosen where nothing was tried first.
///
/// # Errors
/// [`ErrorKind::Unsupported`] where there is none, with what stands against each.
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
            true => "there is none for such operations".to_owned(),
            false => reasons.collect::<Vec<String>>().join("; "),
        };
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!("no kernel computes {site}: {reasons}"),
        ));
    }
    let untried = untried(site, &accepted);
    accepted[..=untried].rotate_right(1);
    Ok(accepted)
}

/// The kernel for the operation of `site`: the one that is preferred, where it can compute it, or else the one that is
/// chosen untried.
///
/// # Errors
/// As [`candidates`].
pub fn choose(site: &Site<'_>, planning: &Planning) -> Result<Candidate> {
    let candidates = candidates(site)?;
    let preferred = planning.preferred(|| site.layer().to_string());
    let mut preferred = preferred.into_iter().filter_map(|name| {
        let mut candidates = candidates.iter();
        candidates.find(|candidate| candidate.name() == name)
    });
    Ok(*preferred.next().unwrap_or(&candidates[0]))
}

/// The place of the one that is chosen where nothing was tried: of those with the fewest operations the one whose way
/// of working suits the device best, and of equals the one that is made for the operation. Where that one's workgroups
/// would keep few of the device's processors busy, one that shares out sums is better, as long as each invocation has
/// something to add up, or the other's only workgroups would be mostly empty.
fn untried(site: &Site<'_>, accepted: &[Candidate]) -> usize {
    let habits = HABITS
        .iter()
        .find(|habits| habits.kind == site.device().kind)
        .unwrap_or(&HABITS[0]);
    let rank = |work: &Work| {
        let mut order = habits.order.iter();
        order.position(|&cooperation| cooperation == work.cooperation)
    };
    let works: Vec<Work> = accepted
        .iter()
        .map(|candidate| candidate.work(site))
        .collect();
    let least = works.iter().map(|work| work.flops).min();
    let frugal = || (0..works.len()).filter(|&index| Some(works[index].flops) == least);
    let suits_best = frugal().min_by_key(|&index| {
        let is_made_for_it = accepted[index].is_made_for(site.kind());
        (rank(&works[index]), Reverse(is_made_for_it))
    });
    let best = suits_best.unwrap_or(0);
    if works[best].workgroups >= habits.busy {
        return best;
    }
    let shares_sums = |&index: &usize| {
        let work = &works[index];
        work.cooperation == Cooperation::Sums && (work.depth >= 2 || works[best].is_underfull)
    };
    frugal().find(shares_sums).unwrap_or(best)
}
