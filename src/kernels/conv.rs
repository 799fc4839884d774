//! Host side of `conv.wgsl`.

use super::matrix_conv::{self, BINDINGS, Operands, UNIFORM};
use super::packing::TILE;
use super::{Call, Kernel};
use crate::graph::Conv2d;

/// Pixels that one invocation makes.
const STRIP: usize = 8;
/// Groups of output channels that one invocation makes.
const OUT_BLOCK: usize = 2;

/// Any convolution, as an implicit matrix product in registers.
pub static KERNEL: Kernel = Kernel {
    name: "conv",
    body: include_str!("../../shaders/conv.wgsl"),
    op: "conv2d",
    uniform: UNIFORM,
    bindings: BINDINGS,
    constants: &[("STRIP", STRIP), ("OUT_BLOCK", OUT_BLOCK), ("TILE", TILE)],
    workgroup_size: 64,
    subgroups: false,
};

/// The call that computes `op`.
pub fn call(op: &Conv2d, operands: &Operands<'_>) -> Call {
    let items = |extents: &matrix_conv::Extents| {
        let blocks = extents.out_groups.div_ceil(OUT_BLOCK);
        extents.pixels.div_ceil(STRIP) * extents.conv_groups * blocks
    };
    matrix_conv::call(&KERNEL, op, operands, items, 1)
}
