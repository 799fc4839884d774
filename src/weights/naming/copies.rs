//! Several copies of a network in one file: its weights and their moving average, say.

use std::collections::BTreeSet;

use super::Match;
use super::layer::{Expected, Layer};
use super::mismatch::Mismatch;

/// A copy of the network.
pub(super) struct Copied {
    /// The path of the module that contains it, or empty.
    pub base: String,
    /// The ways to match it.
    pub matches: Vec<Match>,
    /// Its layers in the file.
    pub layers: BTreeSet<usize>,
}

/// Divides `matches` into copies: matches of one copy have layers in common.
pub(super) fn divide(
    matches: Vec<Match>,
    found: &[Layer<'_>],
    expected: &Expected<'_>,
) -> Vec<Copied> {
    let mut copies: Vec<Copied> = Vec::new();
    for new in matches {
        let body = (0..new.layers.len()).filter(|&index| expected.head != Some(index));
        let layers: BTreeSet<usize> = body.filter_map(|index| new.layers[index]).collect();
        let same = copies
            .iter_mut()
            .find(|copy| !copy.layers.is_disjoint(&layers));
        match same {
            Some(copy) => copy.matches.push(new),
            None => copies.push(Copied {
                base: base(layers.iter().map(|&index| found[index].path)),
                matches: vec![new],
                layers,
            }),
        }
    }
    copies
}

/// The copy to use, and the others: the only one, or the moving average.
///
/// # Errors
/// If there are several, and not exactly one is named as an average.
pub(super) fn choose(mut copies: Vec<Copied>) -> Result<(Copied, Vec<Copied>), Mismatch> {
    let averages = (0..copies.len()).filter(|&index| is_average(&copies[index].base));
    let averages: Vec<usize> = averages.collect();
    let chosen = match (copies.len(), &averages[..]) {
        (1, _) => 0,
        (_, &[average]) => average,
        _ => {
            let bases = copies.into_iter().map(|copy| copy.base);
            return Err(Mismatch::Copies(bases.collect()));
        }
    };
    let chosen = copies.swap_remove(chosen);
    Ok((chosen, copies))
}

/// Whether the name of a module says that its weights are a moving average.
fn is_average(base: &str) -> bool {
    let mut words = base.split(|letter: char| !letter.is_ascii_alphabetic());
    words.any(|word| {
        let word = word.to_ascii_lowercase();
        ["ema", "swa", "avg"].contains(&word.as_str()) || word.starts_with("average")
    })
}

/// The longest path of a module that contains all of `paths`.
fn base<'a>(mut paths: impl Iterator<Item = &'a str>) -> String {
    let module = |path: &'a str| path.rsplit_once('.').map_or("", |(module, _)| module);
    let first: Vec<&str> = module(paths.next().unwrap_or("")).split('.').collect();
    let shared = paths.fold(first.len(), |shared, path| {
        let parts = first.iter().zip(module(path).split('.'));
        shared.min(parts.take_while(|(one, other)| *one == other).count())
    });
    first[..shared].join(".")
}
