//! Recipes: descriptions of packed parameters. A program does not know their addresses on a device, so programs can
//! share parameters.

use std::sync::Arc;

use crate::graph::Constant;
use crate::kernels::Format;
use crate::kernels::packing::Packing;

/// The description of packed parameters: their constants and their layout. Equal recipes give equal bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Recipe {
    /// The layout.
    pub packing: Packing,
    /// The constants that the packing reads, by operand. `None` counts as zero.
    pub operands: Vec<Option<Arc<Constant>>>,
    /// The storage format of its quads.
    pub format: Format,
}

impl Recipe {
    /// Returns the bytes of the packed parameters.
    pub fn bytes(&self) -> u64 {
        self.format.bytes(self.packing.quads())
    }
}

/// A word in a program's uniform blocks that holds the offset of a recipe's parameters in the tensor that stores
/// them, in quads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// Offset of the word in [`Program::uniforms`](super::Program::uniforms), in bytes.
    pub place: usize,
    /// Index of the recipe in [`Program::recipes`](super::Program::recipes).
    pub recipe: usize,
}
