//! Nodes that a draft has not got yet, as passes describe them.

use crate::graph::{Name, Node, Op, Pointwise, ValueId};

/// A node that is to be.
pub(crate) struct Insertion {
    pub name: Name,
    pub op: Op,
    pub inputs: Vec<Option<Source>>,
    pub pre: Pointwise,
    pub pre_operands: Vec<Source>,
    pub post: Pointwise,
    pub operands: Vec<Source>,
}

/// What a node that is to be reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A value that there is.
    Value(ValueId),
    /// The first result of the so-manieth node that is put in with it.
    Inserted(usize),
}

impl From<ValueId> for Source {
    fn from(value: ValueId) -> Self {
        Source::Value(value)
    }
}

impl Insertion {
    /// A node of `op` that reads `inputs` and computes nothing in front of it or behind it.
    pub fn new(name: impl Into<Name>, op: Op, inputs: Vec<Option<Source>>) -> Self {
        Self {
            name: name.into(),
            op,
            inputs,
            pre: Pointwise::identity(),
            pre_operands: Vec::new(),
            post: Pointwise::identity(),
            operands: Vec::new(),
        }
    }

    /// A node that is like `node` at first.
    pub fn like(node: &Node) -> Self {
        let inputs = node.inputs.iter();
        let sources = |values: &[ValueId]| values.iter().copied().map(Source::Value).collect();
        Self {
            name: node.name.clone(),
            op: node.op.clone(),
            inputs: inputs.map(|input| input.map(Source::Value)).collect(),
            pre: node.pre.clone(),
            pre_operands: sources(&node.pre_operands),
            post: node.post.clone(),
            operands: sources(&node.operands),
        }
    }
}
