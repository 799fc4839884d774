//! The names of a file's tensors: which of them is which parameter of a network.
//!
//! There is one rule: the file has the network's layers in a structure that its names show, and all shapes fit. The names
//! are the network's own with a prefix ([`prefix`]), or the names of another implementation whose modules have the same
//! order ([`alignment`]). If several such matches remain, the one that translates the fewest names is taken; if that
//! leaves several, the file is refused. What the match leaves over must lie outside the network's modules ([`rest`]).

mod alignment;
mod comparison;
mod copies;
mod freedom;
mod head;
mod layer;
mod matched;
mod mismatch;
mod prefix;
mod rest;
mod translation;
mod tree;

pub(super) use comparison::mismatch;
pub(crate) use freedom::Freedom;
pub(super) use matched::inner;
pub(crate) use mismatch::Mismatch;
pub(super) use prefix::joined;

use std::collections::BTreeMap;

use super::file::TensorFile;
use crate::graph::Graph;
use comparison::Comparison;
use layer::{Expected, has_elements_of};
use matched::Matched;
use rest::{Rest, is_step_count};

/// The layers of a file that are the layers of a network, by their order in the network.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Match {
    layers: Vec<Option<usize>>,
}

/// Which tensor of a file is which parameter of a network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Naming {
    /// The name in the file of each parameter. `None` stands for zeros.
    tensors: BTreeMap<String, Option<String>>,
    /// The path of the module that contains the network, or empty.
    pub prefix: String,
    /// The weight of the network's first layer.
    pub stem: Option<String>,
    /// The weight of the network's layer that scores classes, if the file has it.
    pub head: Option<String>,
    /// The layers with another name than their own in that module: the network's and the file's.
    pub renamed: Vec<(String, String)>,
    /// The modules of other copies of the network.
    pub copies: Vec<String>,
    /// Tensors outside the network.
    pub unused: Vec<String>,
    /// Why the file has no layer that scores classes, if it has none.
    pub headless: Option<Mismatch>,
}

impl Naming {
    /// The name in the file of the parameter `name`: `Some(None)` stands for zeros.
    pub fn get(&self, name: &str) -> Option<Option<&str>> {
        self.tensors.get(name).map(Option::as_deref)
    }

    /// Whether each parameter of `graph` has a tensor of its elements in `file`.
    pub fn covers(&self, graph: &Graph, file: &TensorFile) -> bool {
        let mut parameters = graph.stored();
        parameters.all(|(_, value)| match self.get(value.name()) {
            Some(Some(found)) => {
                let found = file.shape(found);
                found.is_some_and(|found| has_elements_of(value.ty().dims(), found))
            }
            Some(None) => true,
            None => false,
        })
    }

    /// The parameters that the file does not have because they are zeros.
    pub fn zeros(&self) -> impl Iterator<Item = &str> {
        let zeros = self.tensors.iter().filter(|(_, found)| found.is_none());
        zeros.map(|(name, _)| name.as_str())
    }
}

/// Finds the tensors of `file` that are the parameters of `graph`, among those whose names begin with `prefix`.
pub(crate) fn find(
    file: &TensorFile,
    graph: &Graph,
    freedom: Freedom,
    prefix: &str,
) -> Result<Naming, Mismatch> {
    let is_wanted = |name: &&str| name.starts_with(prefix) && !is_step_count(name);
    let names: Vec<&str> = file.names().filter(is_wanted).collect();
    if names.is_empty() && !prefix.is_empty() {
        return Err(Mismatch::Prefix(prefix.to_owned()));
    }
    if graph.stored().next().is_none() {
        return Ok(Naming::default());
    }
    let shapes = names
        .iter()
        .filter_map(|&name| Some((name, file.shape(name)?)));
    let found = layer::group(shapes);
    let expected = Expected::new(graph, freedom);

    let by_prefix = prefix::matches(&expected, &found);
    let (matches, alignments) = match by_prefix.is_empty() {
        false => (by_prefix, None),
        true => {
            let mut alignments = alignment::matches(&expected, &found);
            (std::mem::take(&mut alignments.matches), Some(alignments))
        }
    };
    let is_cut_short = alignments
        .as_ref()
        .is_some_and(|search| search.is_cut_short);
    if matches.is_empty() || is_cut_short {
        let best = prefix::best(&expected, &found);
        let comparison = Comparison::new(file, graph, &names, best);
        return Err(match alignments {
            Some(search) => Mismatch::of_search(comparison, &search, &expected),
            None => Mismatch::Tensors(comparison),
        });
    }
    let copies = copies::divide(matches, &found, &expected);
    let (chosen, others) = copies::choose(copies)?;
    let mut matched = Matched {
        file,
        graph,
        expected: &expected,
        found: &found,
        layers: translation::simplest(&chosen.matches, &found, &expected)?,
        base: &chosen.base,
        elsewhere: matched::paths(&others, &found),
    };
    let mut headless = None;
    if let Some(head) = expected.head
        && matched.layers[head].is_none()
    {
        match head::find(&matched, head) {
            Ok(layer) => matched.layers[head] = Some(layer),
            Err(mismatch) => headless = Some(mismatch),
        }
    }
    let tensors = matched.tensors();
    let rest = Rest::new(&matched, &names, headless.is_some());
    if !rest.inside.is_empty() {
        let comparison = Comparison::of_surplus(tensors.len(), &rest.inside);
        return Err(Mismatch::Tensors(comparison));
    }
    if let Some(comparison) = Comparison::of_types(file, tensors.values().flatten()) {
        return Err(Mismatch::Tensors(comparison));
    }
    Ok(Naming {
        stem: matched.weight(expected.stem),
        head: matched.weight(expected.head),
        renamed: matched.renamed(),
        prefix: matched.prefix().to_owned(),
        tensors,
        copies: others.iter().map(|copy| copy.base.clone()).collect(),
        unused: rest.beside.into_iter().map(str::to_owned).collect(),
        headless,
    })
}
