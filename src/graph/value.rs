//! Values: what operations read and compute.

use std::fmt;
use std::sync::Arc;

use super::NodeId;
use crate::tensor::{HostTensor, Type};

/// The name of a node or a value. Copies share the text, because a graph, the graphs that passes make of it and its
/// constants hold thousands of names.
pub type Name = Arc<str>;

/// The index of a [`Value`] in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueId(pub(super) u32);

impl ValueId {
    /// Returns the id of the value at a position in [`Graph::values`](super::Graph::values).
    pub(crate) fn at(index: usize) -> Self {
        Self(index as u32)
    }

    /// Returns the position in [`Graph::values`](super::Graph::values).
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Data that operations read or compute.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    pub(super) name: Name,
    pub(super) ty: Type,
    pub(super) origin: Origin,
    /// The number of operations that compute a constant, or `None` if the value depends on an input. An operation
    /// counts once for each read of its result.
    pub(super) steps: Option<usize>,
}

/// The origin of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// The caller provides it for each run.
    Input,
    /// The tensor of this name in the weights file.
    Stored {
        /// Whether training changes it by gradients. Running statistics are not trainable.
        trainable: bool,
    },
    /// Its values are part of the graph.
    Known(Arc<HostTensor>),
    /// A node computes it.
    Result {
        /// The node.
        node: NodeId,
        /// The index among the node's results.
        index: usize,
    },
}

impl Value {
    /// Returns the name. An input has its own name, a stored tensor has its name in the reference implementation's
    /// state dict, and a result has the name of its node.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the type.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Returns the origin.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns whether the value does not depend on any input. Such a value is the same in every run.
    pub fn is_constant(&self) -> bool {
        self.steps.is_some()
    }

    /// Returns the node that computes the value, or `None` if no node does.
    pub fn node(&self) -> Option<NodeId> {
        match self.origin {
            Origin::Result { node, .. } => Some(node),
            _ => None,
        }
    }
}

/// An input or output of a graph: a value under the name that callers use.
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
