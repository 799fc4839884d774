//! Host side of `conv.wgsl`.

use super::matrix_conv::{self, Extents};
use super::matrix_work::MatrixTiles;
use super::packing::TILE;
use super::parts::MATRIX;
use super::work::{Cooperation, Work};
use super::{Encoder, Instance, Kernel, Operands, Site};

/// Any convolution, as an implicit matrix product in registers. One invocation computes `STRIP` pixels of `OUT_BLOCK`
/// quads of output channels.
pub static KERNEL: Kernel = Kernel {
    name: "conv",
    shader: &[MATRIX, include_str!("../../shaders/conv.wgsl")],
    // Intel's compiler spills registers with 8 pixels.
    instances: &[
        Instance::named(
            "8 pixels",
            64,
            &[("STRIP", 8), ("OUT_BLOCK", 2), ("TILE", TILE)],
        ),
        Instance::named(
            "4 pixels",
            64,
            &[("STRIP", 4), ("OUT_BLOCK", 2), ("TILE", TILE)],
        ),
    ],
    implementation: Some(matrix_conv::implementation(work, encode)),
    ..matrix_conv::COMMON
};

/// Number of invocations. Each computes a block of output channels for a strip of pixels.
fn invocations(extents: &Extents, instance: &Instance) -> usize {
    let blocks = extents.out_quads.div_ceil(instance.constant("OUT_BLOCK"));
    let strips = extents.pixels.div_ceil(instance.constant("STRIP"));
    strips * extents.groups * blocks
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let extents = Extents::new(site);
    let [strip, block] = ["STRIP", "OUT_BLOCK"].map(|name| instance.constant(name));
    let invocations = invocations(&extents, instance);
    let tiles = MatrixTiles {
        count: invocations,
        workgroups: invocations.div_ceil(instance.workgroup_size as usize),
        pixels: strip,
        quads: block,
        strip,
        block,
        slices: 1,
        step: 1,
        barriers: 0,
        cooperation: Cooperation::Alone,
    };
    Work::tiled(site, &extents, instance, tiles)
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let invocations = invocations(&Extents::new(site), encoder.instance());
    matrix_conv::encode(site, operands, encoder, invocations, 1);
}
