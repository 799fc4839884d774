//! Descriptions of new nodes, as passes write them.

use crate::graph::{Name, Node, Op, Pointwise, ValueId};

/// A new node for a draft.
pub(crate) struct Insertion {
    pub name: Name,
    pub op: Op,
    pub inputs: Vec<Option<Source>>,
    pub pre: Pointwise,
    pub pre_operands: Vec<Source>,
    pub pre_name: Option<Name>,
    pub post: Pointwise,
    pub operands: Vec<Source>,
}

/// An input of a new node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// An existing value.
    Value(ValueId),
    /// The first result of the node at this index in the list of nodes that are inserted together.
    Inserted(usize),
}

impl From<ValueId> for Source {
    fn from(value: ValueId) -> Self {
        Source::Value(value)
    }
}

impl Insertion {
    /// Describes a node that applies `op` to `inputs`, without expressions before or after it.
    pub fn new(name: impl Into<Name>, op: Op, inputs: Vec<Option<Source>>) -> Self {
        Self {
            name: name.into(),
            op,
            inputs,
            pre: Pointwise::identity(),
            pre_operands: Vec::new(),
            pre_name: None,
            post: Pointwise::identity(),
            operands: Vec::new(),
        }
    }

    /// Describes a copy of `node`, to be changed afterwards.
    pub fn like(node: &Node) -> Self {
        let inputs = node.inputs.iter();
        let sources = |values: &[ValueId]| values.iter().copied().map(Source::Value).collect();
        Self {
            name: node.name.clone(),
            op: node.op.clone(),
            inputs: inputs.map(|input| input.map(Source::Value)).collect(),
            pre: node.pre.clone(),
            pre_operands: sources(&node.pre_operands),
            pre_name: node.pre_name.clone(),
            post: node.post.clone(),
            operands: sources(&node.operands),
        }
    }
}
