//! Host side of `conv_tiled.wgsl`.

use super::matrix_conv::{self, Extents};
use super::matrix_work::MatrixTiles;
use super::packing::{ROWS, TILE};
use super::parts::{LANES, MATRIX, PLACE_IN_K, TILED_PRODUCT};
use super::work::{Cooperation, Work};
use super::{Encoder, Instance, Kernel, Operands, QUAD, Site};

/// Any convolution, as a tiled implicit matrix product in workgroup memory. A workgroup computes `PIXELS` pixels of
/// `SPAN` tiles of output channels, and stages `DEPTH` rows of K at once. Instances are named by pixels and output channels.
pub static KERNEL: Kernel = Kernel {
    name: "conv_tiled",
    shader: &[
        LANES,
        MATRIX,
        PLACE_IN_K,
        include_str!("../../shaders/conv_tiled.wgsl"),
        TILED_PRODUCT,
    ],
    // Named after pixels and output channels, and after the invocations where they are not 64. With 64 x 64 results in
    // 64 invocations, 64 registers of each hold sums: most products for what is read, but Intel's compiler spills, and
    // the 128 invocations of 64 x 128 leave AMD room for more workgroups (docs/performance.md, "Machine code on GPUs").
    instances: &[
        Instance::named(
            "64x64",
            64,
            &[("TILE", TILE), ("SPAN", 2), ("PIXELS", 64), ("DEPTH", ROWS)],
        ),
        Instance::named(
            "64x128-128",
            128,
            &[("TILE", TILE), ("SPAN", 4), ("PIXELS", 64), ("DEPTH", ROWS)],
        ),
        Instance::named(
            "64x64-128",
            128,
            &[("TILE", TILE), ("SPAN", 2), ("PIXELS", 64), ("DEPTH", ROWS)],
        ),
        Instance::named(
            "32x64",
            64,
            &[("TILE", TILE), ("SPAN", 2), ("PIXELS", 32), ("DEPTH", ROWS)],
        ),
        Instance::named(
            "32x32",
            64,
            &[("TILE", TILE), ("SPAN", 1), ("PIXELS", 32), ("DEPTH", ROWS)],
        ),
        Instance::named(
            "16x64-32",
            32,
            &[("TILE", TILE), ("SPAN", 2), ("PIXELS", 16), ("DEPTH", ROWS)],
        ),
    ],
    implementation: Some(matrix_conv::implementation(work, encode)),
    ..matrix_conv::COMMON
};

/// Number of workgroups of a matrix product of these extents.
pub fn workgroups(extents: &Extents, instance: &Instance) -> usize {
    let spans = extents.tiles.div_ceil(instance.constant("SPAN"));
    extents.pixels.div_ceil(instance.constant("PIXELS")) * extents.groups * spans
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    work_of(site, &Extents::new(site), instance)
}

/// The work of a matrix product of these extents.
pub fn work_of(site: &Site<'_>, extents: &Extents, instance: &Instance) -> Work {
    let [pixels, span] = ["PIXELS", "SPAN"].map(|name| instance.constant(name));
    let tiles = workgroups(extents, instance);
    let step = instance.constant("DEPTH") / QUAD;
    let tiles = MatrixTiles {
        count: tiles,
        workgroups: tiles,
        pixels,
        quads: span * TILE,
        strip: pixels * TILE / instance.workgroup_size as usize,
        block: span,
        slices: 1,
        step,
        // Before and after each step is staged.
        barriers: 2 * extents.quads.div_ceil(step),
        cooperation: Cooperation::Staging,
    };
    Work::tiled(site, extents, instance, tiles)
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let instance = encoder.instance();
    let workgroups = workgroups(&Extents::new(site), instance);
    let size = instance.workgroup_size as usize;
    matrix_conv::encode(site, operands, encoder, workgroups, size);
}
