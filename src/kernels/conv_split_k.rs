//! Host side of `conv_split_k.wgsl`.

use super::matrix_conv::{self, BINDINGS, Extents, Operands, UNIFORM};
use super::packing::TILE;
use super::{Call, Kernel, conv_tiled};
use crate::device::DeviceProfile;
use crate::graph::Conv2d;

/// Pixels that a workgroup makes.
const STRIP: usize = 8;
/// Invocations of a workgroup: as many as WebGPU promises.
const INVOCATIONS: usize = 256;

/// Workgroups that keep a large GPU busy, which has a hundred processors and more.
const BUSY: usize = 128;

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

/// Why the kernel does not run on such a device; none where it does.
pub fn refusal(profile: &DeviceProfile) -> Option<String> {
    let found = profile.max_invocations;
    (found < KERNEL.workgroup_size)
        .then(|| format!("needs workgroups of {INVOCATIONS}, found at most {found}"))
}

/// Whether a GPU does better to split the sums: where tiles would keep few of its processors busy, and each invocation
/// has something to add up, or a tile would be mostly empty.
pub fn suits(extents: &Extents) -> bool {
    let slices = INVOCATIONS / TILE;
    let empty = extents.pixels < conv_tiled::PIXELS;
    conv_tiled::workgroups(extents) < BUSY && (extents.quads >= 2 * slices || empty)
}

/// The call that computes `op`.
pub fn call(op: &Conv2d, operands: &Operands<'_>) -> Call {
    let workgroups =
        |extents: &Extents| extents.pixels.div_ceil(STRIP) * extents.conv_groups * extents.tiles;
    matrix_conv::call(&KERNEL, op, operands, workgroups, INVOCATIONS)
}
