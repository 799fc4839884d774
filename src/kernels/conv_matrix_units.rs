//! Host side of `conv_matrix_units.wgsl`.

use super::matrix_conv::{self, Extents};
use super::matrix_work::MatrixTiles;
use super::packing::TILE;
use super::parts::{MATRIX, PLACE_IN_K};
use super::reason::Reason;
use super::work::{Cooperation, OTHER_REGISTERS, Work};
use super::{Encoder, Implementation, Instance, Kernel, Operands, QUAD, Site, nested_turns};

/// A dense convolution, as an implicit matrix product by matrix units: f16 operands in workgroup memory, f32 sums. A workgroup
/// computes `PIXELS` pixels of `SPAN` tiles of output channels, and stages `DEPTH` rows of K at once. A subgroup computes
/// panels of 2 x 2 matrices of `SIZE` x `SIZE` each.
pub static KERNEL: Kernel = Kernel {
    name: "conv_matrix_units",
    shader: &[
        MATRIX,
        PLACE_IN_K,
        include_str!("../../shaders/conv_matrix_units.wgsl"),
    ],
    // Named after the matrices, then pixels, output channels and invocations. Those of 16x16 have a panel for each subgroup of
    // 32 lanes, but the second: it has one for each subgroup of 64, which AMD's drivers prefer. Of those of 8x8, the first has
    // one for each subgroup of 32, and in the second, subgroups take turns.
    instances: &[
        Instance::named(
            "m16 64x64-128",
            128,
            &[
                ("SIZE", 16),
                ("TILE", TILE),
                ("SPAN", 2),
                ("PIXELS", 64),
                ("DEPTH", 32),
            ],
        ),
        Instance::named(
            "m16 64x64-256",
            256,
            &[
                ("SIZE", 16),
                ("TILE", TILE),
                ("SPAN", 2),
                ("PIXELS", 64),
                ("DEPTH", 32),
            ],
        ),
        Instance::named(
            "m16 128x64-256",
            256,
            &[
                ("SIZE", 16),
                ("TILE", TILE),
                ("SPAN", 2),
                ("PIXELS", 128),
                ("DEPTH", 32),
            ],
        ),
        Instance::named(
            "m16 32x64-64",
            64,
            &[
                ("SIZE", 16),
                ("TILE", TILE),
                ("SPAN", 2),
                ("PIXELS", 32),
                ("DEPTH", 32),
            ],
        ),
        Instance::named(
            "m8 32x32-128",
            128,
            &[
                ("SIZE", 8),
                ("TILE", TILE),
                ("SPAN", 1),
                ("PIXELS", 32),
                ("DEPTH", 32),
            ],
        ),
        Instance::named(
            "m8 64x64-64",
            64,
            &[
                ("SIZE", 8),
                ("TILE", TILE),
                ("SPAN", 2),
                ("PIXELS", 64),
                ("DEPTH", 16),
            ],
        ),
    ],
    matrix_units: true,
    implementation: Some(Implementation {
        ops: &["conv2d"],
        accept,
        loop_turns,
        ..matrix_conv::implementation(work, encode)
    }),
    ..matrix_conv::COMMON
};

/// Results and operands of a workgroup.
struct Tile {
    /// Rows and columns of a matrix.
    size: usize,
    pixels: usize,
    channels: usize,
    /// Rows of K that are staged at once.
    depth: usize,
    invocations: usize,
}

impl Tile {
    fn new(instance: &Instance) -> Self {
        let [size, pixels, span, depth] =
            ["SIZE", "PIXELS", "SPAN", "DEPTH"].map(|name| instance.constant(name));
        Self {
            size,
            pixels,
            channels: span * TILE * QUAD,
            depth,
            invocations: instance.workgroup_size as usize,
        }
    }

    /// Number of panels.
    fn panels(&self) -> usize {
        self.pixels * self.channels / (4 * self.size * self.size)
    }

    /// Number of subgroups. Where a driver chooses their size, it prefers the larger one.
    fn subgroups(&self, site: &Site<'_>) -> usize {
        let lanes = site.device().subgroup_size.unwrap_or(MOST_LANES) as usize;
        (self.invocations / lanes).max(1)
    }

    /// How often the subgroups take turns until all panels are computed.
    fn rounds(&self, site: &Site<'_>) -> usize {
        self.panels().div_ceil(self.subgroups(site))
    }

    /// Bytes of workgroup memory: the operands, with the 16 bytes behind each pixel and channel, and a matrix of each panel.
    fn bytes(&self) -> usize {
        let staged = (self.pixels + self.channels) * (self.depth + 8);
        2 * staged + 4 * self.panels() * self.size * self.size
    }
}

/// Lanes of the largest subgroup of a device with matrix units.
const MOST_LANES: u32 = 64;

fn accept(site: &Site<'_>, instance: &Instance) -> Result<(), Reason> {
    let device = site.device();
    if !site.multiplies_f16() {
        return Err(Reason::new("needs the precision f16".to_owned()));
    }
    let size = instance.constant("SIZE");
    if !device.matrix_sizes.contains(size) {
        return Err(Reason::new(format!(
            "needs matrix units of {size}x{size}, found {}",
            device.matrix_sizes
        )));
    }
    if let Some(lanes) = device.subgroup_size
        && !instance.workgroup_size.is_multiple_of(lanes)
    {
        return Err(Reason::new(format!(
            "needs subgroups that divide {} invocations, found subgroups of {lanes}",
            instance.workgroup_size
        )));
    }
    if site.groups() != 1 {
        let reason = format!("needs 1 group, found {}", site.groups());
        return Err(Reason::new(reason));
    }
    // A value of one pixel is stored in f32, and its products are few.
    if site.input().pixels() == 1 {
        let reason = format!("needs an input of several pixels, found {}", site.input());
        return Err(Reason::new(reason));
    }
    matrix_conv::accept(site)
}

fn workgroups(extents: &Extents, instance: &Instance) -> usize {
    let spans = extents.tiles.div_ceil(instance.constant("SPAN"));
    extents.pixels.div_ceil(instance.constant("PIXELS")) * extents.groups * spans
}

fn loop_turns(site: &Site<'_>, instance: &Instance) -> usize {
    let tile = Tile::new(instance);
    let rounds = tile.rounds(site);
    let steps = Extents::new(site).rows().div_ceil(tile.depth);
    // What an invocation stages is read and written in loops of their own.
    let blocks = (tile.depth * tile.channels / QUAD / QUAD).div_ceil(tile.invocations);
    let staged = tile.depth * tile.pixels / QUAD / tile.invocations + blocks * (QUAD + 2);
    let results = (tile.panels() * tile.size * tile.size / QUAD).div_ceil(tile.invocations);
    nested_turns(&[rounds, steps, 2 * staged + tile.depth / tile.size])
        + nested_turns(&[rounds, 4, results])
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let (extents, tile) = (Extents::new(site), Tile::new(instance));
    let workgroups = workgroups(&extents, instance);
    let (step, rounds) = (tile.depth / QUAD, tile.rounds(site));
    let steps = extents.quads.div_ceil(step) * rounds;
    let work = Work::tiled(
        site,
        &extents,
        instance,
        MatrixTiles {
            count: workgroups,
            workgroups,
            pixels: tile.pixels,
            quads: tile.channels / QUAD,
            strip: tile.pixels * TILE / tile.invocations,
            block: 1,
            slices: 1,
            step,
            // Around each step, and around each of the four matrices of a panel.
            barriers: 2 * steps + 8 * rounds,
            cooperation: Cooperation::Staging,
        },
    );
    // Subgroups without a panel of their own compute the last one again.
    let computed = rounds * tile.subgroups(site).max(1);
    let products = work.multiply_adds * computed as u64 / tile.panels() as u64;
    // Registers of the sums of a panel, and of its operands, which some devices hold twice.
    let lanes = tile.invocations / tile.subgroups(site);
    let matrix = tile.size * tile.size / lanes;
    Work {
        multiply_adds: 0,
        matrix_multiply_adds: products,
        reads: work.reads * rounds as u64,
        loads: work.loads * rounds as u64,
        taps: work.taps * rounds as u64,
        // 16 bytes hold eight values, and a matrix that is loaded is used for two products.
        shared_reads: products / (8 * tile.size) as u64,
        waits: work.waits * rounds,
        registers: OTHER_REGISTERS + 8 * matrix,
        workgroup_bytes: tile.bytes() as u64,
        ..work
    }
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let instance = encoder.instance();
    let workgroups = workgroups(&Extents::new(site), instance);
    let size = instance.workgroup_size as usize;
    matrix_conv::encode(site, operands, encoder, workgroups, size);
}
