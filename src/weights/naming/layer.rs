//! Layers: the tensors of one module, in a network or in a file.

use std::collections::{BTreeMap, BTreeSet};

use super::freedom::Freedom;
use crate::graph::{Graph, Node, Op, ValueId};

/// PyTorch's names of the tensors of convolutions, linear layers and normalisations.
const ROLES: [&str; 4] = ["weight", "bias", "running_mean", "running_var"];

/// Whether the last part of a name is that of a tensor that layers compute with.
pub(super) fn is_role(last: &str) -> bool {
    ROLES.contains(&last)
}

/// A tensor of a network or of a file.
#[derive(Clone, Debug)]
pub(super) struct NamedShape<'a> {
    pub name: &'a str,
    /// Its last part if it is one of [`ROLES`], or empty. An empty role fits any other empty role, because the names
    /// of bare parameters are those of their modules.
    pub role: &'a str,
    pub shape: &'a [usize],
}

/// The tensors of a convolution, linear layer or normalisation, or one bare parameter.
#[derive(Clone, Debug)]
pub(super) struct Layer<'a> {
    /// The path of the module, or of the bare parameter.
    pub path: &'a str,
    pub tensors: Vec<NamedShape<'a>>,
}

/// Groups tensors to layers, in the order of the first tensor of each.
pub(super) fn group<'a>(
    tensors: impl IntoIterator<Item = (&'a str, &'a [usize])>,
) -> Vec<Layer<'a>> {
    let mut layers: Vec<Layer<'a>> = Vec::new();
    let mut indices: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, shape) in tensors {
        let (module, last) = name.rsplit_once('.').unwrap_or(("", name));
        let (path, role) = match is_role(last) {
            true => (module, last),
            false => (name, ""),
        };
        let index = *indices.entry(path).or_insert_with(|| {
            let tensors = Vec::new();
            layers.push(Layer { path, tensors });
            layers.len() - 1
        });
        layers[index].tensors.push(NamedShape { name, role, shape });
    }
    layers
}

/// The layers of a network, in the order of its graph.
pub(super) struct Expected<'a> {
    pub layers: Vec<Layer<'a>>,
    /// The index of the first layer that reads the input.
    pub stem: Option<usize>,
    /// The index of the last layer that scores classes.
    pub head: Option<usize>,
    /// The indices of the layers whose sum is the answer.
    addends: Vec<usize>,
    freedom: Freedom,
}

impl<'a> Expected<'a> {
    /// The layers of `graph`, whose first and last layer may differ in a file as `freedom` says.
    pub fn new(graph: &'a Graph, freedom: Freedom) -> Self {
        let stored = graph.stored().map(|(_, value)| {
            let shape: &[usize] = value.ty().dims();
            (value.name(), shape)
        });
        let layers = group(stored);
        let weighted: Vec<(&Node, &str)> = graph
            .computed()
            .filter_map(|(_, node)| {
                let weight = graph.value(node.inputs().get(1).copied().flatten()?);
                weight.is_constant().then(|| (node, weight.name()))
            })
            .collect();
        let index = |&(_, weight): &(&Node, &str)| {
            let is_it = |tensor: &NamedShape<'_>| tensor.name == weight;
            layers
                .iter()
                .position(|layer| layer.tensors.iter().any(is_it))
        };
        let scoring = |&&(node, _): &&(&Node, &str)| scores_classes(node);
        let of_sum = addends(graph);
        let is_addend = |&&(node, _): &&(&Node, &str)| {
            let mut addends = of_sum.iter();
            addends.any(|&addend| std::ptr::eq(addend, node))
        };
        Self {
            stem: weighted.first().and_then(index),
            head: weighted.last().filter(scoring).and_then(index),
            addends: weighted
                .iter()
                .filter(is_addend)
                .filter_map(index)
                .collect(),
            layers,
            freedom,
        }
    }

    /// Whether `found` can be the layer `index`: it has the same tensors, in shapes of the same elements in the same
    /// order. The layer that scores classes may have no bias.
    pub fn fits(&self, index: usize, found: &Layer<'_>) -> bool {
        let expected = &self.layers[index];
        let is_expected = |tensor: &NamedShape<'_>| {
            let role = tensor.role;
            expected.tensors.iter().any(|tensor| tensor.role == role)
        };
        let is_found = |tensor: &NamedShape<'_>| match found.tensor(tensor.role) {
            Some(found) => self.shape_fits(index, tensor, found.shape),
            None => self.may_miss(index, tensor),
        };
        found.tensors.iter().all(is_expected) && expected.tensors.iter().all(is_found)
    }

    /// Whether a file may leave out `tensor` of the layer `index`, as zeros.
    pub fn may_miss(&self, index: usize, tensor: &NamedShape<'_>) -> bool {
        self.head == Some(index) && tensor.role == "bias"
    }

    /// Whether a tensor of shape `found` can be `tensor` of the layer `index`.
    pub fn shape_fits(&self, index: usize, tensor: &NamedShape<'_>, found: &[usize]) -> bool {
        let expected = tensor.shape;
        if has_elements_of(expected, found) {
            return true;
        }
        let is_stem = self.stem == Some(index);
        let scores = self.head == Some(index) || self.addends.contains(&index);
        if scores && self.freedom.classes {
            return match (expected, found) {
                ([_], [_]) => true,
                ([_, expected @ ..], [_, found @ ..]) if !found.is_empty() => {
                    product(expected) == product(found)
                }
                _ => false,
            };
        }
        match (expected, found) {
            (
                &[out, channels, height, width],
                &[found_out, found_channels, found_height, found_width],
            ) if is_stem => {
                let has_its_window = [height, width] == [found_height, found_width];
                let is_small = self.freedom.small_stem && [found_height, found_width] == [3, 3];
                out == found_out
                    && (channels == found_channels || self.freedom.channels)
                    && (has_its_window || is_small)
            }
            _ => false,
        }
    }
}

/// Whether a layer can score classes.
fn scores_classes(layer: &Node) -> bool {
    match layer.op() {
        Op::Linear(_) => true,
        Op::Conv2d(conv) => conv.window.is_pointwise() && conv.groups == 1,
        _ => false,
    }
}

/// The layers that score classes and whose scores are added to the answer of `graph`, as LR-ASPP's for two levels of
/// features. Sums deeper in the network are behind a layer with weights.
fn addends(graph: &Graph) -> Vec<&Node> {
    let mut addends: Vec<&Node> = Vec::new();
    let mut values: Vec<ValueId> = graph.answer().into_iter().collect();
    let mut seen: BTreeSet<ValueId> = BTreeSet::new();
    while let Some(value) = values.pop() {
        let producer = graph.value(value).node().map(|id| graph.node(id));
        let Some(node) = producer.filter(|_| seen.insert(value)) else {
            continue;
        };
        match node.op() {
            Op::Add(_) | Op::Resize(_) => values.extend(node.inputs().iter().flatten()),
            _ if scores_classes(node) => addends.push(node),
            _ => {}
        }
    }
    addends
}

impl<'a> Layer<'a> {
    pub fn tensor(&self, role: &str) -> Option<&NamedShape<'a>> {
        self.tensors.iter().find(|tensor| tensor.role == role)
    }
}

/// Whether two shapes have the same elements in the same order: equal shapes, a matrix and a convolution that covers
/// its whole input, and extents of 1 at the end.
pub(super) fn has_elements_of(expected: &[usize], found: &[usize]) -> bool {
    let is_reshaped = expected.len() != found.len()
        && expected.first() == found.first()
        && product(expected) == product(found);
    expected == found || is_reshaped
}

fn product(extents: &[usize]) -> Option<usize> {
    let mut extents = extents.iter();
    extents.try_fold(1_usize, |product, &extent| product.checked_mul(extent))
}
