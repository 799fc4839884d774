//! Constants by themselves, without the graph that they are from.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Graph, Name, Op, Origin, ValueId};
use crate::tensor::{Dims, HostTensor, Type, Values};

/// A value that no input reaches, with everything that it is computed from: what is left of a graph's constants once
/// a program is made. Two of the same content are equal, whatever graphs they are from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant {
    /// A tensor of the weights file.
    Stored {
        /// Its name, as the graph has it.
        name: Name,
        /// Its type.
        ty: Type,
    },
    /// A tensor that is known already.
    Known(Known),
    /// The first result of an operation on constants.
    Computed {
        /// Name of the node that computes it.
        name: Name,
        /// The operation.
        op: Op,
        /// What it reads.
        inputs: Vec<Option<Arc<Constant>>>,
        /// Its extents.
        dims: Dims,
    },
}

/// A tensor that is known already, compared by its bits.
#[derive(Clone, Debug)]
pub struct Known(Arc<HostTensor>);

impl Known {
    /// A tensor that is known already.
    pub fn new(tensor: HostTensor) -> Self {
        Self(Arc::new(tensor))
    }

    /// The tensor.
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
            // f64 has not all of them.
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

/// By name alone: few constants have one name, and what they are computed of is long.
impl Hash for Constant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl Constant {
    /// Its name: the tensor's, or that of the node that computes it.
    pub fn name(&self) -> &str {
        match self {
            Constant::Stored { name, .. } | Constant::Computed { name, .. } => name,
            Constant::Known(_) => "a known tensor",
        }
    }

    /// Its extents.
    pub fn dims(&self) -> &Dims {
        match self {
            Constant::Stored { ty, .. } => ty.dims(),
            Constant::Computed { dims, .. } => dims,
            Constant::Known(known) => known.0.dims(),
        }
    }

    /// Number of its values.
    pub fn count(&self) -> usize {
        self.dims().count()
    }
}

impl Graph {
    /// The value `id` with everything that it is computed from; none where an input reaches it.
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
