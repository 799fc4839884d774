//! The choice among several matches of the same layers.

use std::collections::BTreeSet;

use super::Match;
use super::layer::{Expected, Layer};
use super::mismatch::Mismatch;

/// The parts at the end of a path that are compared.
const PARTS: usize = 2;

/// The match that translates the fewest names: `conv2` of one block and `conv2` of the next are one name.
///
/// # Errors
/// If several matches translate the same number of names.
pub(super) fn simplest(
    matches: &[Match],
    found: &[Layer<'_>],
    expected: &Expected<'_>,
) -> Result<Vec<Option<usize>>, Mismatch> {
    let count = |of: &Match| translated(of, found, expected);
    let fewest = matches.iter().map(count).min();
    let simplest: Vec<&Match> = matches
        .iter()
        .filter(|one| Some(count(one)) == fewest)
        .collect();
    match simplest[..] {
        [one] => Ok(one.layers.clone()),
        [one, other, ..] => {
            let differs = |&index: &usize| one.layers[index] != other.layers[index];
            let layer = (0..one.layers.len()).find(differs).unwrap_or_default();
            let path = |of: &Match| of.layers[layer].map_or("nothing", |index| found[index].path);
            Err(Mismatch::Ambiguous {
                layer: expected.layers[layer].path.to_owned(),
                candidates: vec![path(one).to_owned(), path(other).to_owned()],
            })
        }
        [] => Ok(vec![None; expected.layers.len()]),
    }
}

/// The number of different translations of names.
fn translated(of: &Match, found: &[Layer<'_>], expected: &Expected<'_>) -> usize {
    let pairs = expected.layers.iter().zip(&of.layers);
    let ends = pairs.filter_map(|(ours, theirs)| {
        let (ours, theirs) = (end(ours.path), end(found[(*theirs)?].path));
        (ours != theirs).then_some((ours, theirs))
    });
    ends.collect::<BTreeSet<_>>().len()
}

/// The last parts of a path.
fn end(path: &str) -> &str {
    match path.rmatch_indices('.').nth(PARTS - 1) {
        Some((dot, _)) => &path[dot + 1..],
        None => path,
    }
}
