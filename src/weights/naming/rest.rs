//! The tensors that a match leaves over.
//!
//! Tensors beside the network are left out: of a loss, of an optimiser, of a head that only training uses. Tensors
//! inside its modules show that the file belongs to another network: a deeper one, say.

use std::collections::BTreeSet;

use super::layer::is_role;
use super::matched::{Matched, inner};
use super::prefix::joined;
use super::tree::numbered;
use crate::weights::normalisation;

/// PyTorch's count of training steps. State dicts contain it, but inference does not use it.
const STEP_COUNT: &str = "num_batches_tracked";

/// Whether `name` is PyTorch's count of training steps.
pub(super) fn is_step_count(name: &str) -> bool {
    last(name) == STEP_COUNT
}

/// The tensors among `names` that a match leaves over.
pub(super) struct Rest<'a> {
    /// Those inside the network's modules.
    pub inside: Vec<&'a str>,
    /// Those beside the network.
    pub beside: Vec<&'a str>,
}

impl<'a> Rest<'a> {
    /// Divides the tensors of `matched` that are no parameters. Other copies of the network, branches that only
    /// training uses, and the normalisation of the input are neither.
    pub fn new(matched: &Matched<'_, 'a>, names: &[&'a str], is_headless: bool) -> Self {
        let tensors = matched.tensors();
        let mut used: BTreeSet<&str> = tensors.values().flatten().map(String::as_str).collect();
        let normalisation = normalisation::find(names, matched.file);
        used.extend(
            normalisation
                .iter()
                .flat_map(|found| [found.mean, found.std]),
        );
        let surroundings = Surroundings::new(matched, &used, names, is_headless);
        let left = names.iter().copied().filter(|name| {
            !used.contains(name)
                && !matched.is_of_other_copy(name)
                && !matched.is_for_training(name)
        });
        let (inside, beside) = left.partition(|name| surroundings.contain(name));
        Self { inside, beside }
    }
}

/// The modules that only a network's own tensors may be in.
struct Surroundings<'m, 'a> {
    matched: &'m Matched<'m, 'a>,
    /// The parts of names that follow the base.
    first: BTreeSet<&'m str>,
    /// The module of the layer that scores classes, if it is outside the base.
    head: Option<&'m str>,
    /// The path of the layer that scores classes, if the file has none. Anything may be there.
    without: Option<String>,
    /// The last parts of names of single numbers that layers of the network have beside their tensors.
    counts: BTreeSet<&'a str>,
}

impl<'m, 'a> Surroundings<'m, 'a> {
    fn new(
        matched: &'m Matched<'m, 'a>,
        used: &BTreeSet<&'m str>,
        names: &[&'a str],
        is_headless: bool,
    ) -> Self {
        let (expected, base) = (matched.expected, matched.base);
        let layers = matched.layers.iter().flatten();
        let paths: BTreeSet<&str> = layers.map(|&index| matched.found[index].path).collect();
        let head = expected.head.and_then(|head| matched.layers[head]);
        let head = head.map(|index| matched.found[index].path);
        let head = head.filter(|path| inner(base, path).is_none());
        let head = head.and_then(|path| Some(path.rsplit_once('.')?.0));
        let without = expected.head.filter(|_| is_headless);
        let is_count = |name: &&&str| {
            let module = name.rsplit_once('.').map_or("", |(module, _)| module);
            paths.contains(module) && !is_role(last(name)) && matched.is_single_number(name)
        };
        Self {
            matched,
            first: used
                .iter()
                .filter_map(|name| inner(base, name))
                .map(first)
                .collect(),
            head: head.filter(|module| !module.is_empty()),
            without: without.map(|head| joined(matched.prefix(), expected.layers[head].path)),
            counts: names
                .iter()
                .filter(is_count)
                .map(|name| last(name))
                .collect(),
        }
    }

    /// Whether only a parameter of the network may have the name `name`.
    fn contain(&self, name: &str) -> bool {
        let is_in = |module: &str| inner(module, name).is_some();
        if self.counts.contains(last(name)) && self.matched.is_single_number(name)
            || self.without.as_deref().is_some_and(is_in)
        {
            return false;
        }
        let Some(rest) = inner(self.matched.base, name) else {
            return self.head.is_some_and(is_in);
        };
        let part = first(rest);
        // `layer5` is beside `layer4`, and `conv2` beside `conv`.
        let is_numbered_as_used = |(stem, _): (&str, u64)| {
            let stem_of = |used| numbered(used).map_or(used, |(stem, _)| stem);
            self.first.iter().any(|used| stem_of(used) == stem)
        };
        self.first.contains(part) || numbered(part).is_some_and(is_numbered_as_used)
    }
}

fn first(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
