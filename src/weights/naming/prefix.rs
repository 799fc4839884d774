//! The first way to match names: the file's names are the network's with a common prefix, which may be empty.

use std::collections::{BTreeMap, BTreeSet};

use super::Match;
use super::layer::{Expected, Layer};

/// The matches of a file whose layers are `found`, one for each prefix under which all layers of the network are. The
/// layer that scores classes may be missing.
pub(super) fn matches<'a>(expected: &Expected<'_>, found: &[Layer<'a>]) -> Vec<Match> {
    let by_path: BTreeMap<&str, usize> = (0..found.len())
        .map(|index| (found[index].path, index))
        .collect();
    let mut matches = Vec::new();
    for (prefix, count) in prefixes(expected, found) {
        // Only the layer that scores classes may be missing.
        if count + 1 < expected.layers.len() {
            continue;
        }
        let mut layers = Vec::with_capacity(expected.layers.len());
        for (index, layer) in expected.layers.iter().enumerate() {
            let path = joined(prefix, layer.path);
            let index_found = by_path.get(path.as_str()).copied();
            let fitting = index_found.filter(|&found_at| {
                // What is too much in a layer is told as surplus, by name.
                let found = &found[found_at];
                layer
                    .tensors
                    .iter()
                    .all(|tensor| match found.tensor(tensor.role) {
                        Some(found) => expected.shape_fits(index, tensor, found.shape),
                        None => expected.may_miss(index, tensor),
                    })
            });
            layers.push(fitting);
        }
        let is_body = |index: &usize| expected.head != Some(*index);
        if (0..layers.len())
            .filter(is_body)
            .all(|index| layers[index].is_some())
        {
            matches.push(Match { layers });
        }
    }
    matches
}

/// The prefix under which the file has most of the network's tensors.
pub(super) fn best<'a>(expected: &Expected<'_>, found: &[Layer<'a>]) -> &'a str {
    let prefixes = prefixes(expected, found);
    let best = prefixes.iter().max_by_key(|&(prefix, &count)| {
        let shortest_first = std::cmp::Reverse(prefix.len());
        (count, shortest_first)
    });
    best.map_or("", |(prefix, _)| prefix)
}

/// All prefixes of paths of the network in paths of the file, without the dot at their end, and how many layers each
/// has.
fn prefixes<'a>(expected: &Expected<'_>, found: &[Layer<'a>]) -> BTreeMap<&'a str, usize> {
    let paths: BTreeSet<&str> = expected.layers.iter().map(|layer| layer.path).collect();
    let mut prefixes = BTreeMap::new();
    for layer in found {
        let whole = paths.contains(layer.path).then_some("");
        let parts = layer.path.match_indices('.');
        let inner = parts.filter(|&(dot, _)| paths.contains(&layer.path[dot + 1..]));
        for prefix in whole
            .into_iter()
            .chain(inner.map(|(dot, _)| &layer.path[..dot]))
        {
            *prefixes.entry(prefix).or_insert(0) += 1;
        }
    }
    prefixes
}

/// The path of `inner` inside the module `prefix`.
pub(in crate::weights) fn joined(prefix: &str, inner: &str) -> String {
    match (prefix, inner) {
        ("", path) | (path, "") => path.to_owned(),
        _ => format!("{prefix}.{inner}"),
    }
}
