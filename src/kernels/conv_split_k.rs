//! Host side of `conv_split_k.wgsl`.

use super::matrix_conv::{self, Extents};
use super::matrix_work::MatrixTiles;
use super::packing::TILE;
use super::parts::{LANES, MATRIX, PLACE_IN_K};
use super::work::{Cooperation, Work};
use super::{Encoder, Implementation, Instance, Kernel, Operands, Site};
use crate::device::DeviceKind;

/// Any convolution, as an implicit matrix product that is split along K: the invocations of a workgroup share each sum.
/// A workgroup computes `STRIP` pixels of a tile of output channels.
pub static KERNEL: Kernel = Kernel {
    name: "conv_split_k",
    shader: &[
        LANES,
        MATRIX,
        PLACE_IN_K,
        include_str!("../../shaders/conv_split_k.wgsl"),
    ],
    // 16 pixels take fewer reads for a product, but more registers.
    instances: &[
        Instance::named("32 slices", 256, &[("TILE", TILE), ("STRIP", 8)]),
        Instance::named("16 slices", 128, &[("TILE", TILE), ("STRIP", 16)]),
        Instance::named("8 slices", 64, &[("TILE", TILE), ("STRIP", 8)]),
    ],
    implementation: Some(Implementation {
        loop_turns: |site, instance| Extents::new(site).loop_turns(slices(instance)),
        ..matrix_conv::implementation(work, encode)
    }),
    ..matrix_conv::COMMON
};

/// Number of invocations that share a sum.
fn slices(instance: &Instance) -> usize {
    instance.workgroup_size as usize / TILE
}

fn workgroups(extents: &Extents, instance: &Instance) -> usize {
    extents.pixels.div_ceil(instance.constant("STRIP")) * extents.groups * extents.tiles
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let extents = Extents::new(site);
    let tiles = workgroups(&extents, instance);
    // A strip that is longer than the result is computed only as far as it goes. Software drivers execute both sides of a
    // branch.
    let strip = match site.device().kind {
        DeviceKind::Software => instance.constant("STRIP"),
        _ => instance.constant("STRIP").min(extents.pixels),
    };
    let slices = slices(instance);
    let tiles = MatrixTiles {
        count: tiles,
        workgroups: tiles,
        pixels: strip,
        quads: TILE,
        strip,
        block: 1,
        slices,
        step: 1,
        // One before each step, and those around the rounds in which the partial sums are added up.
        barriers: extents.quads.div_ceil(slices) + 2 + strip / 2,
        cooperation: Cooperation::Sums,
    };
    Work::tiled(site, &extents, instance, tiles)
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let instance = encoder.instance();
    let workgroups = workgroups(&Extents::new(site), instance);
    let size = instance.workgroup_size as usize;
    matrix_conv::encode(site, operands, encoder, workgroups, size);
}
