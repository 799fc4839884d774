//! Constants without their graph.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Graph, Name, Op, Origin, ValueId};
use crate::tensor::{Dims, HostTensor, Type, Values};

/// A constant with everything that it is computed from. A program keeps its constants in this form after the graph
/// is gone. Constants of different graphs are equal if their content is equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant {
    /// A tensor of the weights file.
    Stored {
        /// The tensor's name in the graph.
        name: Name,
        /// The tensor's type.
        ty: Type,
    },
    /// A tensor whose values are part of the graph.
    Known(Known),
    /// The first result of an operation on constants.
    Computed {
        /// The name of the node that computes it.
        name: Name,
        /// The operation.
        op: Op,
        /// The operation's inputs.
        inputs: Vec<Option<Arc<Constant>>>,
        /// The extents.
        dims: Dims,
    },
}

/// A tensor whose values are part of the graph. Two of them are equal if their bits are equal.
#[derive(Clone, Debug)]
pub struct Known(Arc<HostTensor>);

impl Known {
    /// Wraps `tensor`.
    pub fn new(tensor: HostTensor) -> Self {
        Self(Arc::new(tensor))
    }

    /// Returns the tensor.
    pub fn tensor(&self) -> &HostTensor {
        &self.0
    }
}

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        let bits = |tensor: &HostTensor| -> Vec<u64> {
            let values = 0..tensor.dims().count();
            values.map(|index| tensor.value(index).to_bits()).collect()
        };
        let same_kind = self.0.dims() == other.0.dims() && self.0.element() == other.0.element();
        let same_values = || match (self.0.values(), other.0.values()) {
            // f64 cannot represent all values of i64.
            (Values::I64(own), Values::I64(others)) => own == others,
            _ => bits(&self.0) == bits(&other.0),
        };
        Arc::ptr_eq(&self.0, &other.0) || same_kind && same_values()
    }
}

impl Eq for Known {}

impl Hash for Known {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.dims().hash(state);
        self.0.element().hash(state);
    }
}

/// Hashes the name alone: few constants share a name, and hashing everything they are computed from takes long.
impl Hash for Constant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl Constant {
    /// Returns the name of the tensor, or of the node that computes the constant.
    pub fn name(&self) -> &str {
        match self {
            Constant::Stored { name, .. } | Constant::Computed { name, .. } => name,
            Constant::Known(_) => "a known tensor",
        }
    }

    /// Returns the extents.
    pub fn dims(&self) -> &Dims {
        match self {
            Constant::Stored { ty, .. } => ty.dims(),
            Constant::Computed { dims, .. } => dims,
            Constant::Known(known) => known.0.dims(),
        }
    }

    /// Returns the number of values.
    pub fn count(&self) -> usize {
        self.dims().count()
    }
}

impl Graph {
    /// Returns the value `id` with everything that it is computed from, or `None` if it depends on an input.
    pub fn constant(&self, id: ValueId) -> Option<Arc<Constant>> {
        let value = self.value(id);
        if !value.is_constant() {
            return None;
        }
        let constant = match &value.origin {
            Origin::Input => return None,
            Origin::Stored { .. } => Constant::Stored {
                name: value.name.clone(),
                ty: value.ty,
            },
            Origin::Known(tensor) => Constant::Known(Known(Arc::clone(tensor))),
            Origin::Result { node, .. } => {
                let node = self.node(*node);
                let inputs = node.inputs.iter().map(|input| match input {
                    Some(input) => Some(Some(self.constant(*input)?)),
                    None => Some(None),
                });
                Constant::Computed {
                    name: node.name.clone(),
                    op: node.op.clone(),
                    inputs: inputs.collect::<Option<_>>()?,
                    dims: *value.ty.dims(),
                }
            }
        };
        Some(Arc::new(constant))
    }
}
