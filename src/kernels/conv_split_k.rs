//! Host side of `conv_split_k.wgsl`.

use super::matrix_conv::{self, BINDINGS, Extents, Operands, UNIFORM};
use super::packing::TILE;
use super::{Call, Kernel};
use crate::graph::Conv2d;

/// Pixels that a workgroup makes.
const STRIP: usize = 8;
/// Invocations of a workgroup: as many as WebGPU promises.
const INVOCATIONS: usize = 256;

/// Any convolution, as an implicit matrix product each of whose sums a workgroup shares out.
pub static KERNEL: Kernel = Kernel {
    name: "conv_split_k",
    body: include_str!("../../shaders/conv_split_k.wgsl"),
    op: "conv2d",
    uniform: UNIFORM,
    bindings: BINDINGS,
    constants: &[("TILE", TILE), ("STRIP", STRIP)],
    workgroup_size: INVOCATIONS as u32,
    subgroups: false,
};

/// The call that computes `op`.
pub fn call(op: &Conv2d, operands: &Operands<'_>) -> Call {
    let workgroups =
        |extents: &Extents| extents.pixels.div_ceil(STRIP) * extents.conv_groups * extents.tiles;
    matrix_conv::call(&KERNEL, op, operands, workgroups, INVOCATIONS)
}
