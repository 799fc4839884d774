//! Host side of `depthwise_expanded_subgroup.wgsl`.

use super::expanded::{self, PARTS, Tiles};
use super::matrix_conv::Extents;
use super::packing::TILE;
use super::reason::Reason;
use super::work::{Cooperation, Each, Work, product};
use super::{Instance, Kernel, QUAD, Site, nested_turns, pair};

/// An expanded depthwise convolution with a window of 3x3 or 5x5, whose lanes exchange the input within a subgroup, as those of
/// [`conv_subgroup`](super::conv_subgroup) do.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise_expanded_subgroup",
    shader: &[
        PARTS[0],
        PARTS[1],
        include_str!("../../shaders/depthwise_expanded_subgroup.wgsl"),
    ],
    instances: &[
        Instance::named("3x3", TILE as u32, &sizes(3, 1, 14)),
        Instance::named("3x3 stride 2", TILE as u32, &sizes(3, 2, 7)),
        Instance::named("5x5", TILE as u32, &sizes(5, 1, 12)),
        Instance::named("5x5 stride 2", TILE as u32, &sizes(5, 2, 6)),
    ],
    subgroups: true,
    implementation: Some(expanded::implementation(accept, loop_turns, work)),
    ..expanded::COMMON
};

/// The constants of an instance. `WIDTH` windows are on at most `COLUMNS` columns.
const fn sizes(kernel: usize, step: usize, width: usize) -> [(&'static str, usize); 7] {
    [
        ("KERNEL", kernel),
        ("STEP", step),
        ("WIDTH", width),
        ("HEIGHT", 14),
        ("COLUMNS", 16),
        ("TILE", TILE),
        ("LANES", TILE),
    ]
}

fn accept(site: &Site<'_>, instance: &Instance) -> Result<(), Reason> {
    expanded::accept(site, instance)?;
    instance.accept_lanes(site)
}

/// Loops over rows, of which each has one over the rows of K and others over columns and taps.
fn loop_turns(site: &Site<'_>, instance: &Instance) -> usize {
    let [kernel, height, step, columns] =
        ["KERNEL", "HEIGHT", "STEP", "COLUMNS"].map(|name| instance.constant(name));
    let products = nested_turns(&[Extents::of_pair(site).quads, columns + 2]);
    let taps = nested_turns(&[kernel, kernel, columns]);
    ((height - 1) * step + kernel) * (products + taps + 6 * columns)
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let (extents, tiles) = (Extents::of_pair(site), Tiles::new(site, instance));
    let [kernel, step, columns, width] =
        ["KERNEL", "STEP", "COLUMNS", "WIDTH"].map(|name| instance.constant(name));
    let (output, lanes) = (site.output(), instance.workgroup_size as usize);
    // Rows of the first convolution that the lanes of a strip compute.
    let rows = (output.height - tiles.bands) * step + tiles.bands * kernel;
    let strips = site.batch() * tiles.strips * extents.tiles;
    let of_rows = |count: usize| product([strips, rows, count]);
    let each = Each {
        results: width,
        multiply_adds: 0,
        inputs: 0,
        parameters: kernel * kernel,
        turns: 0,
    };
    let invocations = tiles.count * lanes;
    let work = Work::alone(site, invocations, instance.workgroup_size, each);
    let loads = of_rows(extents.quads * columns);
    let products = extents.quads * QUAD * QUAD + pair::between_work(site);
    let taps = QUAD * kernel * kernel;
    Work {
        multiply_adds: of_rows(products * columns * lanes).saturating_add(product([
            strips,
            output.height,
            width,
            lanes,
            taps,
        ])),
        reads: loads
            .saturating_add(of_rows(extents.quads * QUAD * lanes))
            .saturating_add(work.reads),
        loads,
        taps: of_rows(columns),
        turns: of_rows(extents.quads),
        writes: product([site.pixels(), extents.out_quads]),
        waits: rows.div_ceil(tiles.bands).saturating_mul(extents.quads),
        registers: work.registers + QUAD * columns * (kernel + 1),
        cooperation: Cooperation::Lanes,
        ..work
    }
}
