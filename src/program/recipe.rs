//! Recipes: what a program's parameters are made of. Where they lie on a device is nothing that a program knows, so that
//! programs can share them.

use std::sync::Arc;

use crate::graph::Constant;
use crate::kernels::Format;
use crate::kernels::packing::Packing;

/// Packed parameters: which, and how. Equal recipes make equal bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Recipe {
    /// How they are laid out.
    pub packing: Packing,
    /// The constants that the packing reads, by operand; none counts as zero.
    pub operands: Vec<Option<Arc<Constant>>>,
}

impl Recipe {
    /// How its quads are stored.
    pub fn format(&self) -> Format {
        Format::F32
    }

    /// Bytes of the packed parameters.
    pub fn bytes(&self) -> u64 {
        self.format().bytes(self.packing.quads())
    }
}

/// A word of a program's uniform blocks that says where a recipe's parameters begin in the tensor that holds them, in
/// `vec4<f32>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// Where the word begins in [`Program::uniforms`](super::Program::uniforms), in bytes.
    pub place: usize,
    /// Place of the recipe in [`Program::recipes`](super::Program::recipes).
    pub recipe: usize,
}
