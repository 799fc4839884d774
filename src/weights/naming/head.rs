//! The layer that scores classes, where it has another name than the network's.

use super::Comparison;
use super::matched::Matched;
use super::mismatch::Mismatch;
use super::prefix::joined;

/// The layer of the file that is the network's layer `head`: the only one left that fits.
///
/// # Errors
/// If no layer fits, or several do.
pub(super) fn find(matched: &Matched<'_, '_>, head: usize) -> Result<usize, Mismatch> {
    let own = matched.expected.layers[head].path;
    let own_in_file = joined(matched.prefix(), own);
    // A layer of this name that does not fit is a fault, and no reason to search for others.
    let has_own = matched.found.iter().any(|layer| layer.path == own_in_file);
    let left = match has_own {
        true => Vec::new(),
        false => left(matched, head),
    };
    match left[..] {
        [layer] => Ok(layer),
        [] => {
            let (file, graph) = (matched.file, matched.graph);
            let comparison = Comparison::new(file, graph, &[], matched.prefix());
            Err(Mismatch::Tensors(comparison))
        }
        [_, _, ..] => {
            let candidates = left
                .iter()
                .map(|&index| matched.found[index].path.to_owned());
            Err(Mismatch::Ambiguous {
                layer: own.to_owned(),
                candidates: candidates.collect(),
            })
        }
    }
}

/// The layers of the file that fit the layer `head` and are nothing else: those in the module of the network, or else those
/// nearest to it, as of several models in a file each has its own.
fn left(matched: &Matched<'_, '_>, head: usize) -> Vec<usize> {
    let is_left = |&index: &usize| {
        let layer = &matched.found[index];
        !matched.layers.contains(&Some(index))
            && !matched.is_of_other_copy(layer.path)
            && !matched.is_for_training(layer.path)
            && matched.expected.fits(head, layer)
    };
    let left: Vec<usize> = (0..matched.found.len()).filter(is_left).collect();
    let shared = |index: &usize| shared(matched.base, matched.found[*index].path);
    let most = left.iter().map(shared).max();
    let nearest = left.into_iter().filter(|index| Some(shared(index)) == most);
    nearest.collect()
}

/// The number of modules that contain both `base` and `path`.
fn shared(base: &str, path: &str) -> usize {
    let parts = base.split('.').zip(path.split('.'));
    parts.take_while(|(one, other)| one == other).count()
}
