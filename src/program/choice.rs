//! The choice of a kernel for an operation.

use std::fmt;

use super::Planning;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{Candidate, Reason as Declined, Site};
use crate::prediction::Prediction;

/// A kernel that can compute an operation, and its predicted time.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Predicted {
    /// The kernel.
    pub candidate: Candidate,
    /// Its predicted time.
    pub time: Prediction,
    /// Whether it needs more registers than an invocation has, so that compilers move some to memory (spill). The predicted time
    /// is then only a guess.
    pub spills: bool,
}

/// The kernel that computes an operation, and why.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Choice {
    /// The kernel.
    pub candidate: Candidate,
    /// Why it was chosen.
    pub reason: Reason,
    /// All kernels that can compute the operation, by predicted time. Those that plans do not choose untried come last.
    pub predicted: Vec<Predicted>,
}

/// Why a kernel was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// No other kernel computes the operation.
    Only,
    /// Its predicted time is the shortest of those that plans may choose untried.
    Predicted,
    /// It was the fastest when the kernels were measured.
    Measured,
    /// [`Planning::kernel`] asked for it.
    Asked,
}

/// Returns the kernels that compute the operation of `site`, by predicted time. The first one is chosen if nothing was
/// measured.
///
/// # Errors
/// [`ErrorKind::Unsupported`] if there is none. The message lists the reason of each kernel.
pub fn candidates(site: &Site<'_>) -> Result<Vec<Candidate>> {
    let predicted = predicted(site)?.into_iter();
    Ok(predicted.map(|predicted| predicted.candidate).collect())
}

/// Returns the kernels that compute the operation of `site` with their predicted times, the shortest first. If times
/// are equal, a kernel that is made for the operation comes first, and then a special one before a general one, as in
/// [`KERNELS`](crate::kernels::KERNELS). Kernels that spill come after those. Kernels that use matrix units come last, unless these are known to be worth it on
/// the device: on others, only a measurement tells.
fn predicted(site: &Site<'_>) -> Result<Vec<Predicted>> {
    let mut accepted = Vec::new();
    let mut declined = Vec::new();
    let registers = site.device().hardware().processor().registers_each as usize;
    for candidate in Candidate::of(site.kind()) {
        match candidate.accept(site) {
            Ok(()) => accepted.push(Predicted {
                candidate,
                time: Prediction::of(&candidate, site),
                spills: candidate.work(site).registers > registers,
            }),
            // Where matrix units could compute it, another kernel can as well, and its reason is the one that counts.
            Err(_) if candidate.kernel.matrix_units => {}
            Err(reason) => declined.push((candidate, reason)),
        }
    }
    if accepted.is_empty() {
        let reasons = match declined.is_empty() {
            true => "there is no kernel for this operation".to_owned(),
            false => listed(&declined),
        };
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!("no kernel computes {site}: {reasons}"),
        ));
    }
    let matrix_units_are_known = site.device().hardware().matrix_speedup.is_some();
    let is_untried =
        |predicted: &Predicted| predicted.candidate.kernel.matrix_units && !matrix_units_are_known;
    let is_general = |predicted: &Predicted| !predicted.candidate.is_made_for(site.kind());
    accepted.sort_by(|a, b| {
        let by_time = a.time.seconds().total_cmp(&b.time.seconds());
        by_time.then_with(|| is_general(a).cmp(&is_general(b)))
    });
    // The order by time stays among equals.
    accepted.sort_by_cached_key(|predicted| (is_untried(predicted), predicted.spills));
    Ok(accepted)
}

/// Lists the reasons. The sizes of a kernel that have the same reason are listed together, and not by name if these are all.
fn listed(declined: &[(Candidate, Declined)]) -> String {
    let mut reasons = Vec::new();
    for sizes in declined.chunk_by(|(a, _), (b, _)| a.kernel == b.kernel) {
        let name = sizes[0].0.kernel.name;
        for (index, (_, reason)) in sizes.iter().enumerate() {
            let same = sizes.iter().filter(|(_, other)| other == reason);
            let same: Vec<&str> = same.map(|(size, _)| size.instance.name).collect();
            let is_listed = sizes[..index].iter().any(|(_, other)| other == reason);
            reasons.extend(match (is_listed, same.len() == sizes.len()) {
                (true, _) => None,
                (false, true) => Some(format!("{name} {reason}")),
                (false, false) => Some(format!("{name} {} {reason}", same.join(", "))),
            });
        }
    }
    reasons.join("; ")
}

/// Returns the choice for the operation of `site`: the planning's candidate or a preferred kernel if it computes it,
/// otherwise the one with the shortest predicted time.
///
/// # Errors
/// The same as [`candidates`].
pub fn choose(site: &Site<'_>, planning: &Planning) -> Result<Choice> {
    let chosen = planning.chosen();
    if let Some(candidate) = chosen.filter(|candidate| candidate.accept(site).is_ok()) {
        return Ok(Choice {
            candidate,
            reason: Reason::Asked,
            predicted: predicted(site).unwrap_or_default(),
        });
    }
    let predicted = predicted(site)?;
    let preferred = planning.preferred(|| site.layer().to_string());
    let mut preferred = preferred.into_iter().filter_map(|(name, reason)| {
        let mut candidates = predicted.iter().map(|predicted| predicted.candidate);
        let candidate = candidates.find(|candidate| candidate.name() == name)?;
        Some((candidate, reason))
    });
    let by_time = match predicted.len() {
        1 => Reason::Only,
        _ => Reason::Predicted,
    };
    let (candidate, reason) = preferred
        .next()
        .unwrap_or((predicted[0].candidate, by_time));
    Ok(Choice {
        candidate,
        reason,
        predicted,
    })
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Only => "the only kernel",
            Reason::Predicted => "the shortest predicted time",
            Reason::Measured => "measured as the fastest",
            Reason::Asked => "asked for",
        })
    }
}
