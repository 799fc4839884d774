//! A match of a file with a network, and what follows from it for each name.

use std::collections::{BTreeMap, BTreeSet};

use super::copies::Copied;
use super::layer::{Expected, Layer};
use super::prefix::joined;
use crate::graph::Graph;
use crate::weights::file::TensorFile;

/// A match, and all that it is about.
pub(super) struct Matched<'m, 'a> {
    pub file: &'m TensorFile,
    pub graph: &'m Graph,
    pub expected: &'m Expected<'m>,
    pub found: &'m [Layer<'a>],
    /// The layer of the file of each layer of the network.
    pub layers: Vec<Option<usize>>,
    /// The path of the module that contains the network, or empty.
    pub base: &'m str,
    /// The modules and layers of the other copies of the network in the file.
    pub elsewhere: BTreeSet<&'m str>,
}

/// The paths of the modules and layers of `copies`.
pub(super) fn paths<'m>(copies: &'m [Copied], found: &'m [Layer<'_>]) -> BTreeSet<&'m str> {
    let bases = copies.iter().map(|copy| copy.base.as_str());
    let layers = copies.iter().flat_map(|copy| &copy.layers);
    let layers = layers.map(|&index| found[index].path);
    bases
        .filter(|base| !base.is_empty())
        .chain(layers)
        .collect()
}

impl<'a> Matched<'_, 'a> {
    /// The network's layers with those of the file.
    fn pairs(&self) -> impl Iterator<Item = (&Layer<'_>, &Layer<'a>)> {
        let pairs = self.expected.layers.iter().zip(&self.layers);
        pairs.filter_map(|(layer, index)| Some((layer, &self.found[(*index)?])))
    }

    /// The module of the file in which the network's own names would be.
    pub fn prefix(&self) -> &str {
        let first = self.pairs().next();
        let prefix = first.and_then(|(own, found)| found.path.strip_suffix(own.path));
        match prefix {
            Some(prefix) => prefix.strip_suffix('.').unwrap_or(prefix),
            None => self.base,
        }
    }

    /// The name in the file of each parameter that has a layer there. `None` stands for zeros.
    pub fn tensors(&self) -> BTreeMap<String, Option<String>> {
        let tensors = self.pairs().flat_map(|(layer, found)| {
            layer.tensors.iter().map(|tensor| {
                let found = found.tensor(tensor.role);
                let found = found.map(|found| found.name.to_owned());
                (tensor.name.to_owned(), found)
            })
        });
        tensors.collect()
    }

    /// The name of the weight of the network's layer `index`, if the file has it.
    pub fn weight(&self, index: Option<usize>) -> Option<String> {
        let index = index?;
        self.layers[index]?;
        let weight = self.expected.layers[index].tensor("weight")?;
        Some(weight.name.to_owned())
    }

    /// The layers that have another name than their own in the file: the network's and the file's. `norm.1` is `norm1`, as
    /// torchvision called the layers of DenseNet when it published their weights.
    pub fn renamed(&self) -> Vec<(String, String)> {
        let prefix = self.prefix();
        let without_dots = |path: &str| path.replace('.', "");
        let renamed = self.pairs().filter(|(layer, found)| {
            let own = joined(prefix, layer.path);
            own != found.path && without_dots(&own) != without_dots(found.path)
        });
        renamed
            .map(|(layer, found)| (layer.path.to_owned(), found.path.to_owned()))
            .collect()
    }

    /// Whether the tensor or layer `name` belongs to another copy of the network.
    pub fn is_of_other_copy(&self, name: &str) -> bool {
        let modules = name.match_indices('.').map(|(dot, _)| &name[..dot]);
        let mut paths = modules.chain([name]);
        !self.elsewhere.is_empty() && paths.any(|path| self.elsewhere.contains(path))
    }

    /// Whether the tensor `name` is one number.
    pub fn is_single_number(&self, name: &str) -> bool {
        self.file.elements(name) == 1
    }

    /// Whether the tensor or layer `name` belongs to a branch that only training uses.
    pub fn is_for_training(&self, name: &str) -> bool {
        let mut branches = self.graph.training_branches().iter();
        branches.any(|branch| inner(&joined(self.prefix(), branch), name).is_some())
    }
}

/// The path of `name` inside the module or layer `path`, without a dot before it. Empty for the module itself, `None`
/// for what lies outside.
pub(in crate::weights) fn inner<'n>(path: &str, name: &'n str) -> Option<&'n str> {
    if path.is_empty() {
        return Some(name);
    }
    let rest = name.strip_prefix(path)?;
    match rest.is_empty() {
        true => Some(rest),
        false => rest.strip_prefix('.'),
    }
}
