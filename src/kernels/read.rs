//! A value that an operation reads.

use std::sync::Arc;

use crate::graph::{Constant, ValueId};
use crate::tensor::Type;

/// A value that the node reads.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) value: ValueId,
    pub(super) ty: Type,
    /// The constant, if the value does not depend on an input of the network.
    pub(super) constant: Option<Arc<Constant>>,
    /// Its index in the site's inputs, if the value is not constant.
    pub(super) input: usize,
}
