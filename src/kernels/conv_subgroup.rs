//! Host side of `conv_subgroup.wgsl`.

use super::matrix_conv::{self, Extents};
use super::matrix_work::MatrixTiles;
use super::packing::TILE;
use super::parts::{LANES, MATRIX, PLACE_IN_K};
use super::reason::Reason;
use super::work::{Cooperation, Work};
use super::{Encoder, Implementation, Instance, Kernel, Operands, Site};

/// Any convolution, as an implicit matrix product whose lanes exchange the input within a subgroup. A subgroup has one
/// of `LANES` lanes for each quad of a tile of output channels. It computes `STRIP` pixels and reads `QUADS` quads of
/// input channels at once.
pub static KERNEL: Kernel = Kernel {
    name: "conv_subgroup",
    shader: &[
        LANES,
        MATRIX,
        PLACE_IN_K,
        include_str!("../../shaders/conv_subgroup.wgsl"),
    ],
    instances: &[Instance::only(
        TILE as u32,
        &[("TILE", TILE), ("LANES", TILE), ("QUADS", 2), ("STRIP", 12)],
    )],
    subgroups: true,
    implementation: Some(Implementation {
        accept,
        ..matrix_conv::implementation(work, encode)
    }),
    ..matrix_conv::COMMON
};

fn accept(site: &Site<'_>, instance: &Instance) -> Result<(), Reason> {
    instance.accept_lanes(site)?;
    matrix_conv::accept(site)
}

fn workgroups(extents: &Extents, instance: &Instance) -> usize {
    extents.pixels.div_ceil(instance.constant("STRIP")) * extents.groups * extents.tiles
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let extents = Extents::new(site);
    let strip = instance.constant("STRIP");
    let tiles = workgroups(&extents, instance);
    let tiles = MatrixTiles {
        count: tiles,
        workgroups: tiles,
        pixels: strip,
        quads: TILE,
        strip,
        block: 1,
        slices: 1,
        step: instance.constant("QUADS"),
        barriers: 0,
        cooperation: Cooperation::Lanes,
    };
    Work::tiled(site, &extents, instance, tiles)
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let instance = encoder.instance();
    let workgroups = workgroups(&Extents::new(site), instance);
    matrix_conv::encode(
        site,
        operands,
        encoder,
        workgroups,
        instance.constant("LANES"),
    );
}
