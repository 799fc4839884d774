//! Nodes: operations applied to values.

use super::{Name, Op, Pointwise, ValueId};

/// The index of a [`Node`] in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// The first node. In a graph of a single layer it is the only node.
    pub const FIRST: Self = Self(0);

    /// Returns the position in [`Graph::nodes`](super::Graph::nodes).
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The most further operands of an expression before or after an operation. WebGPU guarantees enough bindings for
/// them.
pub(crate) const MOST_OPERANDS: usize = 4;

/// The most steps of such an expression, so that passes do not create pipelines of unlimited length.
pub(crate) const MAX_STEPS: usize = 64;

/// An operation applied to values that are computed earlier.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub(super) name: Name,
    pub(super) op: Op,
    pub(super) inputs: Vec<Option<ValueId>>,
    pub(super) pre: Pointwise,
    pub(super) pre_operands: Vec<ValueId>,
    pub(super) pre_name: Option<Name>,
    pub(super) operands: Vec<ValueId>,
    pub(super) post: Pointwise,
    pub(super) results: Vec<ValueId>,
}

impl Node {
    /// Returns the dotted path of the layer, as the reference implementation names it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the operation.
    pub fn op(&self) -> &Op {
        &self.op
    }

    /// Returns the inputs of the operation, parameters included. An optional input that is absent is `None`.
    pub fn inputs(&self) -> &[Option<ValueId>] {
        &self.inputs
    }

    /// Returns the first input, or `None` if the operation has no inputs. For most operations it is the image.
    pub fn input(&self) -> Option<ValueId> {
        self.inputs.first().copied().flatten()
    }

    /// Returns the expression that is applied to each value of the first input before the operation. Operand 0 is
    /// the value; the others are the [`Node::pre_operands`], in their order. Zero padding of the operation is added
    /// after this expression.
    pub fn pre(&self) -> &Pointwise {
        &self.pre
    }

    /// Returns the further operands of [`Node::pre`]. They are constants, or have a value for each channel of each image.
    pub fn pre_operands(&self) -> &[ValueId] {
        &self.pre_operands
    }

    /// Returns the name of the node that computed [`Node::pre`] before a pass moved it here.
    pub fn pre_name(&self) -> Option<&str> {
        self.pre_name.as_deref()
    }

    /// Returns the expression that is applied to each value of the first result before it is stored. Operand 0 is
    /// the value; the others are the [`Node::operands`], in their order.
    pub fn post(&self) -> &Pointwise {
        &self.post
    }

    /// Returns the further operands of [`Node::post`].
    pub fn operands(&self) -> &[ValueId] {
        &self.operands
    }

    /// Returns all values that the node reads: the inputs, then the operands of [`Node::pre`], then those of
    /// [`Node::post`].
    pub fn reads(&self) -> impl Iterator<Item = ValueId> {
        let inputs = self.inputs.iter().copied().flatten();
        inputs.chain(self.further().copied())
    }

    /// Returns the operands of the expressions before and after the operation.
    pub(super) fn further(&self) -> impl Iterator<Item = &ValueId> {
        self.pre_operands.iter().chain(&self.operands)
    }

    /// Returns mutable references to all ids that the node reads, in the order of [`Node::reads`].
    pub(super) fn reads_mut(&mut self) -> impl Iterator<Item = &mut ValueId> {
        let inputs = self.inputs.iter_mut().flatten();
        inputs
            .chain(&mut self.pre_operands)
            .chain(&mut self.operands)
    }

    /// Returns the results.
    pub fn results(&self) -> &[ValueId] {
        &self.results
    }

    /// Returns the first result. Every operation has one.
    pub fn result(&self) -> ValueId {
        self.results[0]
    }
}
