//! Values that share the memory of another value, so that their nodes need no dispatch: inputs of a concatenation
//! that are written directly into its result, parts of a split that are read from the whole, and results that have
//! the same data as their input.
//!
//! The inputs of a concatenation become slices of its result under four conditions:
//!
//! 1. Storage keeps channels in quads, so each slice must begin with a quad: every input but the last has a
//!    multiple of four channels.
//! 2. A dispatch writes each input. An input of the network does not qualify, because the caller decides its place.
//! 3. A value has one place: no input occurs twice, and none is a slice already. A concatenation in place may
//!    itself be an input of another one; its inputs are then slices of a slice.
//! 4. A dispatch that writes a slice must not read from the same storage, because no dispatch may read and write
//!    overlapping ranges. The values in one storage are those of the outermost concatenation and of all
//!    concatenations nested in it.
//!
//! If slots are shared, the values that a dispatch reads must not overlap either, because its inputs are bound as
//! read-write (`conflict`).

use super::layouts::Layouts;
use crate::graph::{Graph, Node, NodeId, Op, Slice, SliceAxis, ValueId};
use crate::kernels::QUAD;

/// The place of a value: a range of channels in the storage of `root`, which may be the value itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// The value that has a place of its own.
    pub root: ValueId,
    /// Quads of the root's channels before the value.
    pub offset: usize,
}

/// The places of all values of a graph, and the nodes that need a dispatch.
pub struct Aliases {
    slices: Vec<Location>,
    /// For each node, whether its results share the memory of its inputs, so that it needs no dispatch.
    in_place: Vec<bool>,
}

impl Aliases {
    /// Finds the values of `graph` that can share memory of another value.
    pub fn of(graph: &Graph, layouts: &Layouts) -> Self {
        let mut placement = ConcatPlacement {
            graph,
            concat_of: vec![None; graph.values().len()],
            concats: vec![false; graph.nodes().len()],
        };
        // A concatenation that is nested in another one comes before it.
        for (id, node) in graph.computed() {
            if matches!(node.op(), Op::Concat(_)) && placement.is_possible(node) {
                placement.concats[id.index()] = true;
                for input in node.inputs().iter().flatten() {
                    placement.concat_of[input.index()] = Some(id);
                }
            }
        }
        let ConcatPlacement {
            concat_of, concats, ..
        } = placement;
        Self::placed(graph, layouts, &concat_of, concats)
    }

    /// Returns whether node `id` needs a dispatch.
    pub fn is_computed(&self, id: NodeId) -> bool {
        !self.in_place[id.index()]
    }

    /// Returns the place of the value `id`.
    pub fn slice(&self, id: ValueId) -> Location {
        self.slices[id.index()]
    }

    /// Returns a value that `node` reads together with another one of the same storage, or `None`. If slots are
    /// shared, the value must be copied first. A sum of a value and itself has no conflict, because its kernel
    /// binds the value once.
    pub fn conflict(&self, node: &Node, constant: impl Fn(ValueId) -> bool) -> Option<ValueId> {
        let mut reads: Vec<ValueId> = node.reads().filter(|&read| !constant(read)).collect();
        if let (Op::Add(_), &[a, b]) = (node.op(), reads.as_slice())
            && a == b
        {
            return None;
        }
        reads.reverse();
        while let Some(last) = reads.first().copied() {
            reads.remove(0);
            let root = self.slice(last).root;
            if reads.iter().any(|&other| self.slice(other).root == root) {
                return Some(last);
            }
        }
        None
    }

    fn placed(
        graph: &Graph,
        layouts: &Layouts,
        concat_of: &[Option<NodeId>],
        concats: Vec<bool>,
    ) -> Self {
        let values = (0..graph.values().len()).map(ValueId::at);
        let mut aliases = Self {
            slices: values.map(|root| Location { root, offset: 0 }).collect(),
            in_place: concats,
        };
        // In reverse order, so that a concatenation inside another one has its place before its inputs get theirs.
        for (id, node) in graph.computed().rev() {
            if aliases.in_place[id.index()] {
                let Location { root, mut offset } = aliases.slice(node.result());
                for &input in node.inputs().iter().flatten() {
                    aliases.slices[input.index()] = Location { root, offset };
                    offset += channels(graph, input) / QUAD;
                }
            }
        }
        // In forward order, so that an alias is placed after the value that it shares.
        for (id, node) in graph.computed() {
            let results = node.results();
            let placed = results
                .iter()
                .any(|result| concat_of[result.index()].is_some());
            if placed || aliases.in_place[id.index()] {
                continue;
            }
            let Some(input) = node
                .input()
                .filter(|&input| !graph.value(input).is_constant())
            else {
                continue;
            };
            let Location { root, offset } = aliases.slice(input);
            let is_alias = match node.op() {
                Op::Split(split) => in_quads(&split.channels),
                Op::Slice(slice) => {
                    layouts.is_usual(graph, input) && is_range_of_quads(graph, slice, input)
                }
                _ => layouts.renamed(graph, node).is_some(),
            };
            if !is_alias {
                continue;
            }
            let mut first = offset + begin(node.op()) / QUAD;
            for &result in results {
                aliases.slices[result.index()] = Location {
                    root,
                    offset: first,
                };
                first += channels(graph, result) / QUAD;
            }
            aliases.in_place[id.index()] = true;
        }
        aliases
    }
}

/// Returns whether parts with these numbers of channels all begin with a quad: each part but the last has a
/// multiple of four channels.
fn in_quads(channels: &[usize]) -> bool {
    let (_, others) = channels.split_last().unwrap_or((&0, &[]));
    others.iter().all(|channels| channels.is_multiple_of(QUAD))
}

/// Returns whether `slice` of `input` is a range of channels that can be read where it is: it begins with a quad and ends
/// with one, or with the last channel.
fn is_range_of_quads(graph: &Graph, slice: &Slice, input: ValueId) -> bool {
    let extents = graph.ty(input).extents();
    let [channels, pixels @ ..] = slice.axes.as_slice() else {
        return false;
    };
    let end = channels.begin + channels.count;
    let is_whole = |(axis, &extent): (&SliceAxis, &usize)| *axis == SliceAxis::whole(extent);
    channels.step == 1
        && channels.begin.is_multiple_of(QUAD)
        && (end.is_multiple_of(QUAD) || end == extents[0])
        && pixels.iter().zip(&extents[1..]).all(is_whole)
}

/// Returns the first channel that the first result of `op` has of its input.
fn begin(op: &Op) -> usize {
    match op {
        Op::Slice(slice) => slice.axes.first().map_or(0, |channels| channels.begin),
        _ => 0,
    }
}

/// Returns the number of channels of a value of any rank: the extent behind the image axis.
fn channels(graph: &Graph, value: ValueId) -> usize {
    graph.ty(value).extents().first().copied().unwrap_or(1)
}

/// Returns whether the results of `op` can be aliases of its input.
fn is_alias(op: &Op) -> bool {
    matches!(
        op,
        Op::Split(_)
            | Op::Slice(_)
            | Op::Dropout(_)
            | Op::Flatten(_)
            | Op::Reshape(_)
            | Op::Transpose(_)
    )
}

struct ConcatPlacement<'a> {
    graph: &'a Graph,
    /// For each value, the concatenation that it is a slice of.
    concat_of: Vec<Option<NodeId>>,
    /// For each node, whether it is a concatenation in place.
    concats: Vec<bool>,
}

impl ConcatPlacement<'_> {
    /// Returns whether the inputs of the concatenation `node` can be slices of its result.
    fn is_possible(&self, node: &Node) -> bool {
        let inputs: Vec<ValueId> = node.inputs().iter().copied().flatten().collect();
        self.begin_with_quads(&inputs)
            && self.are_written(&inputs)
            && self.are_unplaced(&inputs)
            && !self.are_read_while_written(&inputs)
    }

    fn begin_with_quads(&self, inputs: &[ValueId]) -> bool {
        let channels = inputs.iter().map(|&input| channels(self.graph, input));
        in_quads(&channels.collect::<Vec<usize>>())
    }

    /// Returns whether dispatches write all inputs. No dispatch writes an input of the network, a constant, or an alias
    /// of another value.
    fn are_written(&self, inputs: &[ValueId]) -> bool {
        inputs.iter().all(|&input| {
            let value = self.graph.value(input);
            let node = value.node().filter(|_| !value.is_constant());
            node.is_some_and(|node| !is_alias(self.graph.node(node).op()))
        })
    }

    fn are_unplaced(&self, inputs: &[ValueId]) -> bool {
        let mut inputs = inputs.iter().enumerate().map(|(index, input)| {
            let is_first = !inputs[..index].contains(input);
            is_first && self.concat_of[input.index()].is_none()
        });
        inputs.all(|is_unplaced| is_unplaced)
    }

    fn are_read_while_written(&self, inputs: &[ValueId]) -> bool {
        // Outer concatenations come later and are not in place yet, so these slices are all values in the storage.
        let mut together = self.slices(inputs);
        together.sort_unstable();
        together.iter().any(|&slice| {
            let node = self.graph.value(slice).node();
            node.filter(|node| !self.concats[node.index()])
                .is_some_and(|node| {
                    let mut reads = self.graph.node(node).reads();
                    reads.any(|read| together.binary_search(&self.origin(read)).is_ok())
                })
        })
    }

    /// Returns all values in a storage that holds `inputs`: the inputs, and the inputs of those that are
    /// concatenations in place.
    fn slices(&self, inputs: &[ValueId]) -> Vec<ValueId> {
        let mut slices = Vec::new();
        let mut pending = inputs.to_vec();
        while let Some(slice) = pending.pop() {
            slices.push(slice);
            if let Some(node) = self.graph.value(slice).node()
                && self.concats[node.index()]
            {
                pending.extend(self.graph.node(node).inputs().iter().flatten());
            }
        }
        slices
    }

    /// Returns the value that `value` is a part or an alias of.
    fn origin(&self, mut value: ValueId) -> ValueId {
        while let Some(node) = self.graph.value(value).node()
            && let node = self.graph.node(node)
            && is_alias(node.op())
            && let Some(input) = node.input()
        {
            value = input;
        }
        value
    }
}
