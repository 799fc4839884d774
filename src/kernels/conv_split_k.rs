//! Host side of `conv_split_k.wgsl`.

use super::matrix_conv::{self, Extents};
use super::packing::TILE;
use super::parts::{LANES, MATRIX};
use super::work::{Cooperation, Work};
use super::{Encoder, Instance, Kernel, Operands, Site};

/// Any convolution, as an implicit matrix product that is split along K: the invocations of a workgroup share each sum.
/// A workgroup computes `STRIP` pixels of a tile of output channels.
pub static KERNEL: Kernel = Kernel {
    name: "conv_split_k",
    shader: &[
        LANES,
        MATRIX,
        include_str!("../../shaders/conv_split_k.wgsl"),
    ],
    // 16 pixels take fewer reads for a product, but more registers.
    instances: &[
        Instance::named("32 slices", 256, &[("TILE", TILE), ("STRIP", 8)]),
        Instance::named("16 slices", 128, &[("TILE", TILE), ("STRIP", 16)]),
        Instance::named("8 slices", 64, &[("TILE", TILE), ("STRIP", 8)]),
    ],
    implementation: Some(matrix_conv::implementation(work, encode)),
    ..matrix_conv::COMMON
};

fn workgroups(extents: &Extents, instance: &Instance) -> usize {
    extents.pixels.div_ceil(instance.constant("STRIP")) * extents.groups * extents.tiles
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let extents = Extents::new(site);
    let slices = instance.workgroup_size as usize / TILE;
    Work {
        flops: extents.flops,
        workgroups: workgroups(&extents, instance),
        depth: extents.quads / slices,
        is_underfull: extents.pixels < instance.constant("STRIP"),
        cooperation: Cooperation::Sums,
    }
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let instance = encoder.instance();
    let workgroups = workgroups(&Extents::new(site), instance);
    let size = instance.workgroup_size as usize;
    matrix_conv::encode(site, operands, encoder, workgroups, size);
}
