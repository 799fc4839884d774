//! Host side of `conv_subgroup.wgsl`.

use super::matrix_conv::{self, BINDINGS, Operands, UNIFORM};
use super::packing::TILE;
use super::{Call, Kernel};
use crate::device::{DeviceKind, DeviceProfile};
use crate::graph::Conv2d;

/// Lanes that share a tile of output channels.
const LANES: usize = TILE;
/// Groups of input channels that the lanes read at once.
const QUADS: usize = 2;
/// Pixels that a subgroup makes.
const STRIP: usize = 12;

/// Any convolution, as an implicit matrix product whose input goes round a subgroup of eight.
pub static KERNEL: Kernel = Kernel {
    name: "conv_subgroup",
    body: include_str!("../../shaders/conv_subgroup.wgsl"),
    op: "conv2d",
    uniform: UNIFORM,
    bindings: BINDINGS,
    constants: &[("LANES", LANES), ("QUADS", QUADS), ("STRIP", STRIP)],
    workgroup_size: LANES as u32,
    subgroups: true,
};

/// Why the kernel does not run on such a device; none where it does.
pub fn refusal(profile: &DeviceProfile) -> Option<String> {
    match profile.subgroup_size {
        Some(size) if size == LANES as u32 => None,
        Some(size) => Some(format!("needs subgroups of {LANES}, found {size}")),
        None => Some(format!("needs subgroups of {LANES}, found none")),
    }
}

/// Whether the kernel runs on such a device, and is made for it.
pub fn suits(profile: &DeviceProfile) -> bool {
    profile.kind == DeviceKind::Software && refusal(profile).is_none()
}

/// The call that computes `op`.
pub fn call(op: &Conv2d, operands: &Operands<'_>) -> Call {
    let items = |extents: &matrix_conv::Extents| {
        extents.pixels.div_ceil(STRIP) * extents.conv_groups * extents.tiles
    };
    matrix_conv::call(&KERNEL, op, operands, items, LANES)
}
