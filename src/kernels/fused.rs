//! The expressions that are fused into a kernel's pipeline, if they are more than the kernel takes as data.

use std::sync::Arc;

use super::binding::Binding;
use super::fused_between;
use super::fused_epilogue::FusedEpilogue;
use super::fused_prologue::{self, FusedPrologue};
use super::uniforms::Field;
use super::{Format, Fusion, Kernel};
use crate::graph::Pointwise;

/// The functions `store` of pipelines whose epilogue is data: a clamp, or a residual and a clamp.
const STORE_CLAMP: &str = include_str!("../../shaders/core/store_clamp.wgsl");
const STORE_RESIDUAL: &str = include_str!("../../shaders/core/store_residual.wgsl");
/// Functions that expressions call.
const FUNCTIONS: &str = include_str!("../../shaders/core/functions.wgsl");

/// The expressions that a pipeline computes besides its kernel's operation, if they are more than the kernel takes as
/// data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fused {
    /// Computed of each value of the first input.
    pub prologue: Option<Arc<FusedPrologue>>,
    /// Computed of each value between two convolutions.
    pub between: Option<Arc<Pointwise>>,
    /// Computed of each value of the result.
    pub epilogue: Option<Arc<FusedEpilogue>>,
}

impl Fused {
    /// Bindings 1 and up of `kernel`, followed by those of the expressions.
    pub(crate) fn bindings(&self, kernel: &Kernel) -> Vec<Binding> {
        let own = kernel.bindings.iter().copied();
        let epilogue = self
            .epilogue
            .iter()
            .flat_map(|epilogue| epilogue.bindings());
        let prologue = self
            .prologue
            .iter()
            .flat_map(|prologue| prologue.bindings());
        own.chain(epilogue).chain(prologue).collect()
    }

    /// The fields of the uniform block of `kernel`, with those of the expressions.
    pub(super) fn block(&self, kernel: &Kernel) -> Vec<(&'static str, Field)> {
        let first = self
            .epilogue
            .iter()
            .flat_map(|epilogue| epilogue.first_fields());
        let images = self
            .prologue
            .iter()
            .flat_map(|prologue| prologue.first_fields());
        let own = kernel.uniform.iter().copied();
        let last = self
            .epilogue
            .iter()
            .flat_map(|epilogue| epilogue.last_fields());
        let constants = self
            .prologue
            .iter()
            .flat_map(|prologue| prologue.last_field());
        first
            .chain(images)
            .chain(own)
            .chain(last)
            .chain(constants)
            .collect()
    }

    /// Whether `kernel` rounds what it multiplies to f16, because its first input is stored in another format, or because the
    /// prologue computes in f32.
    pub(super) fn rounds_operand(&self, kernel: &Kernel, input: Format) -> bool {
        kernel.matrix_units && (input != Format::F16 || self.prologue.is_some())
    }

    /// The functions `load` and `store` that the shader of `kernel` calls.
    pub(super) fn shader(&self, kernel: &Kernel) -> String {
        let mut text = String::new();
        if *self != Self::default() {
            text.push_str(FUNCTIONS);
        }
        if kernel.pair {
            match &self.between {
                Some(between) => text.push_str(&fused_between::shader(between)),
                None => text.push_str(fused_between::CLAMP),
            }
        }
        if kernel.prologue {
            match &self.prologue {
                Some(prologue) => text.push_str(&prologue.shader()),
                None => text.push_str(fused_prologue::PLAIN),
            }
        }
        if kernel.fusion != Fusion::None {
            match &self.epilogue {
                Some(epilogue) => text.push_str(&epilogue.shader()),
                None if kernel.binds("residual") => text.push_str(STORE_RESIDUAL),
                None => text.push_str(STORE_CLAMP),
            }
        }
        text
    }
}
