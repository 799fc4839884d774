//! Host side of `conv_tiled.wgsl`.

use super::matrix_conv::{self, BINDINGS, Extents, Operands, UNIFORM};
use super::packing::{ROWS, TILE};
use super::{Call, Kernel};
use crate::graph::Conv2d;

/// Tiles of output channels that a workgroup makes.
const SPAN: usize = 2;
/// Pixels that a workgroup makes.
pub const PIXELS: usize = 64;
/// Rows of the product that are staged at once.
const DEPTH: usize = ROWS;
/// Invocations of a workgroup.
const INVOCATIONS: usize = 64;

/// Any convolution, as an implicit matrix product from workgroup memory.
pub static KERNEL: Kernel = Kernel {
    name: "conv_tiled",
    body: include_str!("../../shaders/conv_tiled.wgsl"),
    op: "conv2d",
    uniform: UNIFORM,
    bindings: BINDINGS,
    constants: &[
        ("TILE", TILE),
        ("SPAN", SPAN),
        ("PIXELS", PIXELS),
        ("DEPTH", DEPTH),
    ],
    workgroup_size: INVOCATIONS as u32,
    subgroups: false,
};

/// Workgroups that a convolution takes.
pub fn workgroups(extents: &Extents) -> usize {
    extents.pixels.div_ceil(PIXELS) * extents.conv_groups * extents.tiles.div_ceil(SPAN)
}

/// The call that computes `op`.
pub fn call(op: &Conv2d, operands: &Operands<'_>) -> Call {
    matrix_conv::call(&KERNEL, op, operands, workgroups, INVOCATIONS)
}
