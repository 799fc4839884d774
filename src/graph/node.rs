//! Operations applied to values.

use super::{Name, Op, Pointwise, ValueId};

/// The place of a [`Node`] in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// The first node: the only one of a graph of a single layer.
    pub const FIRST: Self = Self(0);

    /// Position in [`Graph::nodes`](super::Graph::nodes).
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Further operands of what is computed in front of an operation or behind it at most: few enough for the bindings that WebGPU promises.
pub(crate) const MOST_OPERANDS: usize = 4;

/// Steps of it at most, so that passes do not make pipelines without end.
pub(crate) const LONGEST_POST: usize = 64;

/// An operation applied to earlier values.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub(super) name: Name,
    pub(super) op: Op,
    pub(super) inputs: Vec<Option<ValueId>>,
    pub(super) pre: Pointwise,
    pub(super) pre_operands: Vec<ValueId>,
    pub(super) operands: Vec<ValueId>,
    pub(super) post: Pointwise,
    pub(super) results: Vec<ValueId>,
}

impl Node {
    /// Dotted path of the layer, as the reference implementation names it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is computed.
    pub fn op(&self) -> &Op {
        &self.op
    }

    /// What the operation reads, parameters included; none where something is left out.
    pub fn inputs(&self) -> &[Option<ValueId>] {
        &self.inputs
    }

    /// The first input: what most operations are about. None only where an operation has none.
    pub fn input(&self) -> Option<ValueId> {
        self.inputs.first().copied().flatten()
    }

    /// What is computed of each value of the first input before the operation sees it: operand 0 is the value, and the
    /// others are the [`Node::pre_operands`], in their order. A border of zeros that the operation has comes after it.
    pub fn pre(&self) -> &Pointwise {
        &self.pre
    }

    /// The further operands of [`Node::pre`], which are constants.
    pub fn pre_operands(&self) -> &[ValueId] {
        &self.pre_operands
    }

    /// What is computed of each value of the first result before it is stored: operand 0 is the value, and the others
    /// are the [`Node::operands`], in their order.
    pub fn post(&self) -> &Pointwise {
        &self.post
    }

    /// The further operands of [`Node::post`].
    pub fn operands(&self) -> &[ValueId] {
        &self.operands
    }

    /// All that it reads: inputs, then operands, those of what is computed in front first.
    pub fn reads(&self) -> impl Iterator<Item = ValueId> {
        let inputs = self.inputs.iter().copied().flatten();
        inputs.chain(self.further().copied())
    }

    /// The operands of the expressions in front of the operation and behind it.
    pub(super) fn further(&self) -> impl Iterator<Item = &ValueId> {
        self.pre_operands.iter().chain(&self.operands)
    }

    /// The places of all that it reads.
    pub(super) fn reads_mut(&mut self) -> impl Iterator<Item = &mut ValueId> {
        let inputs = self.inputs.iter_mut().flatten();
        inputs
            .chain(&mut self.pre_operands)
            .chain(&mut self.operands)
    }

    /// What it makes.
    pub fn results(&self) -> &[ValueId] {
        &self.results
    }

    /// The first result, which every operation has.
    pub fn result(&self) -> ValueId {
        self.results[0]
    }
}
