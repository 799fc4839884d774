//! The memory layout of each value. If the kernels of an operation need another layout than the one that an input has,
//! the operation reads a copy of it.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::error::Result;
use crate::graph::{Draft, Graph, Insertion, Node, NodeId, Op, Relayout, Source, ValueId};
use crate::kernels::{Candidate, CommonLayout, QUAD};
use crate::tensor::{Dims, Layout};

/// The memory layout of each value of a graph.
pub struct Layouts(Vec<Layout>);

impl Layouts {
    /// Assigns a layout to each value of `graph`, in the order of computation. Inputs and outputs of the graph have their
    /// channels last. A result that is only another name of its input has the layout that keeps the memory as it is. All
    /// other results have the layout that their kernels give for the layouts of the inputs.
    pub fn of(graph: &Graph) -> Self {
        let values = graph.values().iter();
        let usual = values.map(|value| channels_last(value.ty().dims()));
        let mut layouts = Self(usual.collect());
        for (_, node) in graph.computed() {
            let layout = match layouts.renamed(graph, node) {
                Some(layout) => layout,
                None => match (node.op(), layouts.common(graph, node)) {
                    (Op::Relayout(op), _) if !is_output(graph, node.result()) => op.layout,
                    (_, CommonLayout::Only(layout)) => layout,
                    (op, CommonLayout::Nothing) if !is_output(graph, node.result()) => {
                        match layouts.fast(graph, node, op) {
                            Some(layout) => layout,
                            None => continue,
                        }
                    }
                    (_, CommonLayout::Nothing | CommonLayout::ChannelsLast) => continue,
                },
            };
            for result in node.results() {
                layouts.0[result.index()] = layout;
            }
        }
        layouts
    }

    /// Returns the layout of `value`.
    pub fn get(&self, value: ValueId) -> Layout {
        self.0[value.index()]
    }

    /// Returns whether `value` has its channels last.
    pub fn is_usual(&self, graph: &Graph, value: ValueId) -> bool {
        self.get(value) == channels_last(graph.ty(value).dims())
    }

    /// Returns the layout in which the result of `node` is the memory of its input, or `None` if there is no such layout.
    pub fn renamed(&self, graph: &Graph, node: &Node) -> Option<Layout> {
        let input = node.input()?;
        let result = node.result();
        let (from, to) = (graph.ty(input).dims(), graph.ty(result).dims());
        let layout = match node.op() {
            Op::Dropout(_) => self.get(input),
            Op::Flatten(_) | Op::Reshape(_) => self.get(input).reshaped(from, to)?,
            Op::Transpose(op) => {
                let axes: Vec<usize> = op.axes.iter().map(|axis| axis + 1).collect();
                self.get(input).transposed(&axes).simplified(to)
            }
            _ => return None,
        };
        // The kernel of a flattening writes a vector as fast as another kernel could read its layout.
        let is_free = !matches!(node.op(), Op::Flatten(_)) && !is_output(graph, result);
        (is_free || layout == channels_last(to)).then_some(layout)
    }

    /// Returns the layout in which a kernel that takes any layouts computes `node` fast, if it is not the usual one: a slice
    /// keeps the order of its input, and a product has its rows in quads.
    fn fast(&self, graph: &Graph, node: &Node, op: &Op) -> Option<Layout> {
        match op {
            Op::Slice(_) => Some(self.get(node.input()?)),
            Op::MatMul(_) => Some(of_product(graph, node.result())),
            _ => None,
        }
    }

    /// Returns what the layouts of the tensors of `node` have in common.
    fn common(&self, graph: &Graph, node: &Node) -> CommonLayout {
        let reads = || {
            node.reads()
                .filter(|&read| !graph.value(read).is_constant())
        };
        let is_usual = |value: ValueId| self.is_usual(graph, value);
        // Most networks have no other layouts.
        if matches!(node.op(), Op::Relayout(_)) {
            return CommonLayout::Nothing;
        }
        if reads().all(is_usual) {
            return CommonLayout::ChannelsLast;
        }
        // Where layouts differ, one of them is copied. The layouts of sequences are those that go on: their channels are not
        // axis 1, but all of their layers compute along them.
        let other = reads().find(|&value| !is_usual(value));
        let preferred = match other.filter(|_| !is_output(graph, node.result())) {
            Some(input) => self.get(input),
            None => channels_last(graph.ty(node.result()).dims()),
        };
        let rules = Candidate::of(node.op().kind()).map(|candidate| candidate.kernel.layouts);
        let rule = rules.max().unwrap_or_default();
        let results = node.results().iter().copied();
        let dims = results
            .chain(node.reads())
            .map(|value| graph.ty(value).dims());
        rule.common(dims, preferred)
    }

    /// Returns the layout in which `node` must read `value`, if it is not the layout of `value`.
    fn needed(&self, common: CommonLayout, graph: &Graph, value: ValueId) -> Option<Layout> {
        let needed = common.of(graph.ty(value).dims())?;
        let is_other = !graph.value(value).is_constant() && needed != self.get(value);
        is_other.then_some(needed)
    }
}

/// Inserts copies into `graph`, so that each node reads layouts that its kernels take. A copy is shared by all nodes that
/// read the same value in the same layout. All nodes of `graph` must be live.
///
/// # Errors
/// None for a checked graph.
pub fn assigned(graph: Cow<'_, Graph>) -> Result<Cow<'_, Graph>> {
    let layouts = Layouts::of(&graph);
    let mut wanted: Vec<(NodeId, CommonLayout)> = Vec::new();
    for (id, node) in graph.computed() {
        if layouts.renamed(&graph, node).is_some() {
            continue;
        }
        let common = layouts.common(&graph, node);
        let needed = |read| layouts.needed(common, &graph, read);
        if node.reads().any(|read| needed(read).is_some()) {
            wanted.push((id, common));
        }
    }
    if wanted.is_empty() {
        return Ok(graph);
    }
    let mut draft = Draft::new(graph.into_owned());
    let mut copies: HashMap<(ValueId, Layout), ValueId> = HashMap::new();
    for (id, common) in wanted {
        let mut inserted = Vec::new();
        let mut node = Insertion::like(draft.node(id));
        let next = draft.graph().values().len();
        let further = node.pre_operands.iter_mut().chain(&mut node.operands);
        for source in node.inputs.iter_mut().flatten().chain(further) {
            let Source::Value(value) = *source else {
                continue;
            };
            let Some(layout) = layouts.needed(common, draft.graph(), value) else {
                continue;
            };
            *source = match copies.get(&(value, layout)) {
                Some(&copy) => Source::Value(copy),
                None => {
                    let name = draft.value(value).name();
                    let op = Op::Relayout(Relayout { layout });
                    let copy = Insertion::new(format!("{name}.copy"), op, vec![Some(value.into())]);
                    copies.insert((value, layout), ValueId::at(next + inserted.len()));
                    inserted.push(copy);
                    Source::Inserted(inserted.len() - 1)
                }
            };
        }
        draft.replace(id, inserted, node)?;
    }
    Ok(Cow::Owned(draft.finish()))
}

/// Returns the layout of a matrix product: the columns are the channels. If the next operation moves the rows in front of
/// other axes, as attention does with its heads, and the columns fill whole quads, the axes behind the rows are channels as
/// well. Then joining them moves no value.
fn of_product(graph: &Graph, result: ValueId) -> Layout {
    let dims = graph.ty(result).dims();
    let (rank, columns) = (dims.rank(), dims.rank() - 1);
    let mut readers = graph.computed().map(|(_, node)| node);
    let reader = readers.find(|node| node.input() == Some(result));
    let axes = match reader.map(Node::op) {
        Some(Op::Transpose(op)) => op.axes.iter().map(|axis| axis + 1).collect(),
        _ => Vec::new(),
    };
    let rows = axes.iter().position(|&axis| axis + 1 == columns);
    match rows {
        Some(rows) if axes.last() == Some(&columns) && dims[columns].is_multiple_of(QUAD) => {
            Layout::of(
                axes[..=rows].iter().copied(),
                axes[rows + 1..].iter().copied(),
            )
        }
        _ => Layout::of(1..columns, columns..rank),
    }
}

fn channels_last(dims: &Dims) -> Layout {
    Layout::channels_last(dims.rank())
}

fn is_output(graph: &Graph, value: ValueId) -> bool {
    graph.outputs().iter().any(|port| port.value == value)
}
