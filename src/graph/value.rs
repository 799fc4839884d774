//! What operations read and make.

use std::fmt;
use std::sync::Arc;

use super::NodeId;
use crate::tensor::{HostTensor, Type};

/// What a node or a value is called. Copies share their text: a network has thousands of them, in its graph, in what passes
/// make of it and in its constants.
pub type Name = Arc<str>;

/// The place of a [`Value`] in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueId(pub(super) u32);

impl ValueId {
    /// The value at a position of [`Graph::values`](super::Graph::values).
    pub(crate) fn at(index: usize) -> Self {
        Self(index as u32)
    }

    /// Position in [`Graph::values`](super::Graph::values).
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Something that operations read or make.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    pub(super) name: Name,
    pub(super) ty: Type,
    pub(super) origin: Origin,
    /// Of a constant, the operations that compute it, each counted as often as its result is read; none for what an input
    /// reaches.
    pub(super) steps: Option<usize>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// Whoever runs the network hands it over.
    Input,
    /// A tensor of this name in the weights file.
    Stored {
        /// Whether training changes it by gradients. Running statistics are not trainable.
        trainable: bool,
    },
    /// It is known already.
    Known(Arc<HostTensor>),
    /// An operation makes it.
    Result {
        /// The operation.
        node: NodeId,
        /// Which of its results it is.
        index: usize,
    },
}

impl Value {
    /// Its name: that of an input, or of a tensor in the reference implementation's state dict; results are called as
    /// the node that makes them.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Where it comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether no input reaches it, so that it is the same in every run.
    pub fn is_constant(&self) -> bool {
        self.steps.is_some()
    }

    /// The node that makes it.
    pub fn node(&self) -> Option<NodeId> {
        match self.origin {
            Origin::Result { node, .. } => Some(node),
            _ => None,
        }
    }
}

/// A value that goes in or comes out, under the name that callers know it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The name.
    pub name: String,
    /// The value.
    pub value: ValueId,
}

impl fmt::Display for ValueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}", self.0)
    }
}
