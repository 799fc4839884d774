//! The second way to match names: the modules of the file, in some order, have the layers of the network.
//!
//! A file has no order of its own, but its names have a structure that the network shares:
//!
//! - The layers of a module follow each other in the network.
//! - Of modules whose names differ only in a number, the lower number comes first: `layer1`, `layer2`.
//! - Modules with the same names inside have these in the same order.
//!
//! If no order has the first, the modules of numbered lists may take turns, as `downsample_layers.1` and `stages.1` of ConvNeXt.
//!
//! All shapes must fit. So a deep network leaves one order, and the search for it seldom has to go back.

use std::cell::Cell;
use std::collections::HashMap;

use super::Match;
use super::layer::{Expected, Layer};
use super::tree::Module;

/// The most modules that searches look at. A network of 500 layers takes some thousands.
const MOST_STEPS: usize = 2_000_000;

/// The most matches that are compared.
const MOST_MATCHES: usize = 64;

/// What a search has found.
#[derive(Default)]
pub(super) struct Alignments {
    pub matches: Vec<Match>,
    /// The most layers of the network, from the first one on, that had a layer each.
    pub furthest: usize,
    /// Whether the search ended before it had tried everything.
    pub is_cut_short: bool,
}

/// Finds the matches of the layers `found` of a file: of all layers of the network, or else of those without the
/// layer that scores classes. If the modules of lists do not follow each other, those of other lists may be between them.
pub(super) fn matches(expected: &Expected<'_>, found: &[Layer<'_>]) -> Alignments {
    let strict = in_tree(expected, found, &Module::root(found));
    if !strict.matches.is_empty() || strict.is_cut_short || !has_all(expected, found) {
        return strict;
    }
    let open = in_tree(expected, found, &Module::root_with_open_lists(found));
    Alignments {
        furthest: strict.furthest.max(open.furthest),
        ..open
    }
}

/// Whether each layer of the network but the one that scores classes has a layer that fits.
fn has_all(expected: &Expected<'_>, found: &[Layer<'_>]) -> bool {
    let has = |index: usize| found.iter().any(|layer| expected.fits(index, layer));
    let mut body = (0..expected.layers.len()).filter(|&index| expected.head != Some(index));
    body.all(has)
}

/// The matches in the tree of `root`.
fn in_tree(expected: &Expected<'_>, found: &[Layer<'_>], root: &Module<'_>) -> Alignments {
    let all: Vec<usize> = (0..expected.layers.len()).collect();
    let whole = of_sequence(expected, found, root, &all);
    let ends_with_head = expected.head.is_some() && expected.head == all.last().copied();
    if !whole.matches.is_empty() || !ends_with_head {
        return whole;
    }
    let body = of_sequence(expected, found, root, &all[..all.len() - 1]);
    Alignments {
        furthest: whole.furthest.max(body.furthest),
        is_cut_short: whole.is_cut_short || body.is_cut_short,
        ..body
    }
}

/// The matches of the layers `sequence` of the network.
fn of_sequence(
    expected: &Expected<'_>,
    found: &[Layer<'_>],
    root: &Module<'_>,
    sequence: &[usize],
) -> Alignments {
    let mut alignments = Alignments::default();
    let steps = Cell::new(0);
    for root in root.roots() {
        if root.layers < sequence.len() || sequence.is_empty() {
            continue;
        }
        let mut search = Search {
            steps: &steps,
            expected,
            found,
            sequence,
            state: State {
                open: vec![Open::new(root)],
                taken: Vec::new(),
                orders: HashMap::new(),
            },
            choices: Vec::new(),
        };
        while let Some(taken) = search.next(&mut alignments.furthest) {
            let mut layers = vec![None; expected.layers.len()];
            sequence
                .iter()
                .zip(taken)
                .for_each(|(&index, layer)| layers[index] = Some(layer));
            let new = Match { layers };
            if !alignments.matches.contains(&new) {
                alignments.matches.push(new);
            }
            if alignments.matches.len() > MOST_MATCHES {
                break;
            }
        }
        if steps.get() > MOST_STEPS || alignments.matches.len() > MOST_MATCHES {
            alignments.is_cut_short = true;
            break;
        }
    }
    alignments
}

/// A search with backtracking.
struct Search<'s, 'a> {
    /// The modules that were looked at, by all searches.
    steps: &'s Cell<usize>,
    expected: &'s Expected<'s>,
    found: &'s [Layer<'a>],
    /// The layers of the network to match, in order.
    sequence: &'s [usize],
    state: State<'s, 'a>,
    /// States to go back to, each with the modules that were not tried yet.
    choices: Vec<(State<'s, 'a>, Vec<usize>)>,
}

#[derive(Clone)]
struct State<'s, 'a> {
    /// The modules that are being read, from the root to the innermost.
    open: Vec<Open<'s, 'a>>,
    /// The layers of the file that were matched, in order.
    taken: Vec<usize>,
    /// The order of the modules inside, by their labels as the tree has them.
    orders: HashMap<Vec<&'a str>, Vec<usize>>,
}

#[derive(Clone)]
struct Open<'s, 'a> {
    module: &'s Module<'a>,
    /// The modules inside that were read, in order.
    read: Vec<usize>,
}

impl<'s, 'a> Open<'s, 'a> {
    fn new(module: &'s Module<'a>) -> Self {
        let read = Vec::new();
        Self { module, read }
    }
}

impl<'s, 'a> Search<'s, 'a> {
    /// The layers of the next match, or `None` if there is none, or the search took too many steps.
    fn next(&mut self, furthest: &mut usize) -> Option<Vec<usize>> {
        loop {
            *furthest = self.state.taken.len().max(*furthest);
            if self.steps.get() > MOST_STEPS {
                return None;
            }
            if self.state.taken.len() == self.sequence.len() && self.state.open.len() <= 1 {
                let taken = std::mem::take(&mut self.state.taken);
                self.state.open.clear();
                return Some(taken);
            }
            let Some(open) = self.state.open.last() else {
                self.go_back()?;
                continue;
            };
            if open.read.len() == open.module.inside.len() {
                self.step(1);
                self.close();
                continue;
            }
            self.step(open.module.inside.len());
            let mut candidates = self.candidates(open);
            match candidates.pop() {
                None => self.go_back()?,
                Some(candidate) => {
                    if !candidates.is_empty() {
                        self.choices.push((self.state.clone(), candidates));
                    }
                    self.read(candidate);
                }
            }
        }
    }

    /// Returns to the last choice, and takes the next module there.
    fn go_back(&mut self) -> Option<()> {
        let (state, mut candidates) = self.choices.pop()?;
        self.state = state;
        let candidate = candidates.pop()?;
        if !candidates.is_empty() {
            self.choices.push((self.state.clone(), candidates));
        }
        self.read(candidate);
        Some(())
    }

    /// Reads the module `index` of the innermost open one.
    fn read(&mut self, index: usize) {
        let Some(open) = self.state.open.last_mut() else {
            return;
        };
        open.read.push(index);
        let module = &open.module.inside[index];
        match module.layer {
            Some(layer) => self.state.taken.push(layer),
            None => self.state.open.push(Open::new(module)),
        }
    }

    /// Closes the innermost module, which was read completely, and remembers its order.
    fn close(&mut self) {
        if let Some(Open { module, read }) = self.state.open.pop() {
            self.state.orders.insert(labels(module), read);
        }
    }

    /// The modules inside `open` that can be read next.
    fn candidates(&self, open: &Open<'_, 'a>) -> Vec<usize> {
        let next = self.state.taken.len();
        let is_root = self.state.open.len() == 1;
        let order = match is_root {
            true => None,
            false => self.state.orders.get(&labels(open.module)),
        };
        let inside = &open.module.inside;
        let may_follow = |index: &usize| {
            let before = inside[*index].before;
            !open.read.contains(index) && before.is_none_or(|before| open.read.contains(&before))
        };
        match order {
            Some(order) => {
                let index = order[open.read.len()];
                let fits = self.can_begin(&inside[index], next);
                fits.then_some(index).into_iter().collect()
            }
            None => {
                let can_begin = |index: &usize| self.can_begin(&inside[*index], next);
                let indices = 0..inside.len();
                indices.filter(can_begin).filter(may_follow).collect()
            }
        }
    }

    fn step(&self, modules: usize) {
        self.steps.set(self.steps.get() + modules);
    }

    /// Whether the layers of `module` can begin with the layer `next` of the sequence.
    fn can_begin(&self, module: &Module<'_>, next: usize) -> bool {
        self.step(1);
        if next + module.layers > self.sequence.len() || self.steps.get() > MOST_STEPS {
            return false;
        }
        match module.layer {
            Some(layer) => self.expected.fits(self.sequence[next], &self.found[layer]),
            None => {
                let mut first = module.inside.iter().filter(|inner| inner.before.is_none());
                first.any(|inner| self.can_begin(inner, next))
            }
        }
    }
}

fn labels<'a>(module: &Module<'a>) -> Vec<&'a str> {
    module.inside.iter().map(|inner| inner.label).collect()
}
