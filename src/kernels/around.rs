//! What pipelines compute around an operation where that is more than their kernels take as data.

use std::sync::Arc;

use super::before::{self, Before};
use super::behind::Behind;
use super::binding::Binding;
use super::uniforms::Field;
use super::{Kernel, Slot};

/// How a result is stored where what is computed behind the operation is data.
const STORE_CLAMP: &str = include_str!("../../shaders/core/store_clamp.wgsl");
const STORE_RESIDUAL: &str = include_str!("../../shaders/core/store_residual.wgsl");
/// What expressions are made of.
const FUNCTIONS: &str = include_str!("../../shaders/core/functions.wgsl");

/// What a pipeline computes around an operation where that is more than its kernel takes as data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Around {
    /// Of each value of the first input.
    pub before: Option<Arc<Before>>,
    /// Of each value of the result.
    pub behind: Option<Arc<Behind>>,
}

impl Around {
    /// What `kernel` binds at bindings 1 and up, with what is read around its operation.
    pub(crate) fn bindings(&self, kernel: &Kernel) -> Vec<Binding> {
        let own = kernel.bindings.iter().copied();
        let behind = self.behind.iter().flat_map(|behind| behind.bindings());
        let before = self.before.iter().flat_map(|before| before.binding());
        own.chain(behind).chain(before).collect()
    }

    /// The fields of the uniform block of `kernel`, with those of what is read around its operation.
    pub(super) fn block(&self, kernel: &Kernel) -> Vec<(&'static str, Field)> {
        let first = self.behind.iter().flat_map(|behind| behind.first_fields());
        let own = kernel.uniform.iter().copied();
        let last = self.behind.iter().flat_map(|behind| behind.last_fields());
        let before = self.before.iter().flat_map(|before| before.field());
        first.chain(own).chain(last).chain(before).collect()
    }

    /// The functions that the shader of `kernel` loads its input and stores its result by.
    pub(super) fn shader(&self, kernel: &Kernel) -> String {
        let mut text = String::new();
        if self.before.is_some() || self.behind.is_some() {
            text.push_str(FUNCTIONS);
        }
        if kernel.before {
            match &self.before {
                Some(before) => text.push_str(&before.shader()),
                None => text.push_str(before::PLAIN),
            }
        }
        if kernel.slot != Slot::None {
            match &self.behind {
                Some(behind) => text.push_str(&behind.shader()),
                None if kernel.binds("residual") => text.push_str(STORE_RESIDUAL),
                None => text.push_str(STORE_CLAMP),
            }
        }
        text
    }
}
