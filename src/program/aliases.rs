//! Values that lie inside others, so that nothing is left to compute: slices of a concatenation that their makers write
//! straight into, parts that are read where the whole lies, and what only has another name.
//!
//! The inputs of a concatenation become slices of it under four conditions:
//!
//! 1. Storage keeps channels in quads, so each slice must begin with one: every input but the last has a multiple of
//!    four channels.
//! 2. Somebody writes each input: it is not the network's own input, which lies where the caller puts it.
//! 3. A value lies in one place: no input comes twice, or is placed already. A concatenation in place as a whole may be
//!    an input of another: its inputs are then slices of a slice.
//! 4. Whoever writes a slice must not read from the same storage, as no dispatch reads and writes one place. The values
//!    in one storage are those of the outermost concatenation and all that are nested in it.
//!
//! Whatever a dispatch reads must not overlap either where slots are shared, since it is bound as if it were written
//! (`conflict`).

use crate::graph::{Graph, Node, NodeId, Op, ValueId};
use crate::kernels::QUAD;

/// Where a value lies: in a place of its own, or inside another value's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The value that has a place of its own.
    pub root: ValueId,
    /// Quads of the root's channels in front of it.
    pub offset: usize,
}

/// Where all values of a graph lie, and which nodes are left to compute.
pub struct Aliases {
    slices: Vec<Slice>,
    /// Of each node, whether its results lie where its inputs do, so that nothing is computed.
    free: Vec<bool>,
}

impl Aliases {
    /// What can lie inside something else in `graph`.
    pub fn of(graph: &Graph) -> Self {
        let mut placing = Placing {
            graph,
            home: vec![None; graph.values().len()],
            concats: vec![false; graph.nodes().len()],
        };
        // A concatenation that is nested in another comes before it.
        for (id, node) in graph.computed() {
            if matches!(node.op(), Op::Concat(_)) && placing.obstacle(node).is_none() {
                placing.concats[id.index()] = true;
                for input in node.inputs().iter().flatten() {
                    placing.home[input.index()] = Some(id);
                }
            }
        }
        let Placing { home, concats, .. } = placing;
        Self::placed(graph, &home, concats)
    }

    /// Whether node `id` is left to compute.
    pub fn is_computed(&self, id: NodeId) -> bool {
        !self.free[id.index()]
    }

    /// Where the value `id` lies.
    pub fn slice(&self, id: ValueId) -> Slice {
        self.slices[id.index()]
    }

    /// A value that `node` reads beside another in the same storage, if there is one: where slots are shared, it must be
    /// copied first. A sum of a value and itself reads it once.
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

    fn placed(graph: &Graph, home: &[Option<NodeId>], concats: Vec<bool>) -> Self {
        let values = (0..graph.values().len()).map(ValueId::at);
        let mut aliases = Self {
            slices: values.map(|root| Slice { root, offset: 0 }).collect(),
            free: concats,
        };
        // Backwards, so that a concatenation inside another one knows its place before its inputs do.
        for (id, node) in graph.computed().rev() {
            if aliases.free[id.index()] {
                let Slice { root, mut offset } = aliases.slice(node.result());
                for &input in node.inputs().iter().flatten() {
                    aliases.slices[input.index()] = Slice { root, offset };
                    offset += channels(graph, input) / QUAD;
                }
            }
        }
        // Forwards, so that what has another name knows where that lies.
        for (id, node) in graph.computed() {
            let results = node.results();
            let placed = results.iter().any(|result| home[result.index()].is_some());
            if placed || aliases.free[id.index()] {
                continue;
            }
            let Some(input) = node
                .input()
                .filter(|&input| !graph.value(input).is_constant())
            else {
                continue;
            };
            let Slice { root, offset } = aliases.slice(input);
            match node.op() {
                Op::Dropout(_) => {}
                Op::Flatten(_) | Op::Reshape(_)
                    if is_pixel(graph, input) && is_pixel(graph, node.result()) => {}
                Op::Split(split) if in_quads(&split.channels) => {}
                _ => continue,
            }
            let mut first = offset;
            for &result in results {
                aliases.slices[result.index()] = Slice {
                    root,
                    offset: first,
                };
                first += channels(graph, result) / QUAD;
            }
            aliases.free[id.index()] = true;
        }
        aliases
    }
}

/// Whether parts of so many channels all begin with a quad, so that each but the last fills its own.
fn in_quads(channels: &[usize]) -> bool {
    let (_, others) = channels.split_last().unwrap_or((&0, &[]));
    others.iter().all(|channels| channels.is_multiple_of(QUAD))
}

fn channels(graph: &Graph, value: ValueId) -> usize {
    graph.ty(value).shape().map_or(0, |shape| shape.channels)
}

/// Whether an image has one pixel of `value`, which lies in the same way under any extents.
fn is_pixel(graph: &Graph, value: ValueId) -> bool {
    graph
        .ty(value)
        .shape()
        .is_some_and(|shape| shape.is_vector())
}

struct Placing<'a> {
    graph: &'a Graph,
    /// Of each value, the concatenation that it is a slice of.
    home: Vec<Option<NodeId>>,
    /// Of each node, whether it is a concatenation in place.
    concats: Vec<bool>,
}

impl Placing<'_> {
    /// Why the inputs of the concatenation `node` cannot be slices of it.
    fn obstacle(&self, node: &Node) -> Option<String> {
        let inputs: Vec<ValueId> = node.inputs().iter().copied().flatten().collect();
        self.misaligned(&inputs)
            .or_else(|| self.unwritten(&inputs))
            .or_else(|| self.placed_elsewhere(&inputs))
            .or_else(|| self.read_while_written(&inputs))
    }

    fn misaligned(&self, inputs: &[ValueId]) -> Option<String> {
        let (_, all_but_last) = inputs.split_last()?;
        let mut odd = all_but_last
            .iter()
            .map(|&input| (self.name(input), channels(self.graph, input)));
        let (name, channels) = odd.find(|(_, channels)| !channels.is_multiple_of(QUAD))?;
        Some(format!(
            "{name} has {channels} channels, no multiple of {QUAD}, and is not last"
        ))
    }

    /// An input of the network, or a constant, is written by no dispatch; what is only another name of a value lies
    /// where that does.
    fn unwritten(&self, inputs: &[ValueId]) -> Option<String> {
        let input = inputs.iter().find(|&&input| {
            let node = self.graph.value(input).node();
            let node = node.filter(|_| !self.graph.value(input).is_constant());
            node.is_none_or(|node| {
                matches!(
                    self.graph.node(node).op(),
                    Op::Split(_) | Op::Dropout(_) | Op::Flatten(_) | Op::Reshape(_)
                )
            })
        })?;
        Some(format!("{} is written by no dispatch", self.name(*input)))
    }

    fn placed_elsewhere(&self, inputs: &[ValueId]) -> Option<String> {
        inputs.iter().enumerate().find_map(|(index, input)| {
            let name = self.name(*input);
            if inputs[..index].contains(input) {
                return Some(format!("{name} is in it twice"));
            }
            let home = self.home[input.index()]?;
            Some(format!(
                "{name} lies in {} already",
                self.graph.node(home).name()
            ))
        })
    }

    fn read_while_written(&self, inputs: &[ValueId]) -> Option<String> {
        // Concatenations around this one come after it and are not in place yet: what it holds is all there is.
        let mut together = self.slices(inputs);
        together.sort_unstable();
        together.iter().find_map(|&slice| {
            let node = self.graph.value(slice).node()?;
            if self.concats[node.index()] {
                return None;
            }
            let node = self.graph.node(node);
            let read = node
                .reads()
                .find(|read| together.binary_search(&self.origin(*read)).is_ok())?;
            Some(format!(
                "{} reads {}, which would lie beside it",
                node.name(),
                self.name(read)
            ))
        })
    }

    /// What lies in a storage that holds `inputs`: they, and the inputs of those in place.
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

    /// The value that `value` is a part of or another name of.
    fn origin(&self, mut value: ValueId) -> ValueId {
        while let Some(node) = self.graph.value(value).node()
            && let node = self.graph.node(node)
            && matches!(
                node.op(),
                Op::Split(_) | Op::Dropout(_) | Op::Flatten(_) | Op::Reshape(_)
            )
            && let Some(input) = node.input()
        {
            value = input;
        }
        value
    }

    fn name(&self, value: ValueId) -> &str {
        self.graph.value(value).name()
    }
}
