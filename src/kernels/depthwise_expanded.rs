//! Host side of `depthwise_expanded.wgsl`.

use super::expanded::{self, PARTS, Tiles};
use super::matrix_conv::Extents;
use super::packing::TILE;
use super::view::Format;
use super::work::{Cooperation, Each, Work, product};
use super::{Instance, Kernel, QUAD, Site, nested_turns, pair};

/// An expanded depthwise convolution with a window of 3x3 or 5x5. What is between the convolutions is in workgroup memory.
pub static KERNEL: Kernel = Kernel {
    name: "depthwise_expanded",
    shader: &[
        PARTS[0],
        PARTS[1],
        include_str!("../../shaders/depthwise_expanded.wgsl"),
    ],
    // What is between takes at most the 16 KiB that WebGPU guarantees.
    instances: &[
        Instance::named("3x3", SIZE, &sizes(3, 1, [8, 8])),
        Instance::named("3x3 stride 2", SIZE, &sizes(3, 2, [4, 4])),
        Instance::named("5x5", SIZE, &sizes(5, 1, [8, 6])),
        Instance::named("5x5 stride 2", SIZE, &sizes(5, 2, [4, 4])),
    ],
    implementation: Some(expanded::implementation(expanded::accept, loop_turns, work)),
    ..expanded::COMMON
};

/// Invocations of a workgroup.
const SIZE: u32 = 128;

/// The constants of an instance.
const fn sizes(
    kernel: usize,
    step: usize,
    [width, height]: [usize; 2],
) -> [(&'static str, usize); 5] {
    [
        ("KERNEL", kernel),
        ("STEP", step),
        ("WIDTH", width),
        ("HEIGHT", height),
        ("TILE", TILE),
    ]
}

/// Pixels under the windows of a tile, and those of which an invocation computes a quad.
fn staged(instance: &Instance) -> [usize; 2] {
    let [kernel, step, width, height] =
        ["KERNEL", "STEP", "WIDTH", "HEIGHT"].map(|name| instance.constant(name));
    let pixels = [width, height].map(|extent| (extent - 1) * step + kernel);
    let staged = pixels.iter().product();
    [staged, staged.div_ceil(SIZE as usize / TILE)]
}

/// A loop along K over pixels, and others over pixels and taps.
fn loop_turns(site: &Site<'_>, instance: &Instance) -> usize {
    let [kernel, width, height] = ["KERNEL", "WIDTH", "HEIGHT"].map(|name| instance.constant(name));
    let [_, pixels] = staged(instance);
    let results = width * height * TILE / SIZE as usize;
    nested_turns(&[Extents::of_pair(site).quads, pixels])
        + 3 * pixels
        + nested_turns(&[results, kernel, kernel])
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let (extents, tiles) = (Extents::of_pair(site), Tiles::new(site, instance));
    let [kernel, width, height] = ["KERNEL", "WIDTH", "HEIGHT"].map(|name| instance.constant(name));
    let [staged, pixels] = staged(instance);
    let results = width * height * TILE / SIZE as usize;
    let each = Each {
        results,
        multiply_adds: (QUAD * QUAD * extents.quads + pair::between_work(site)) * pixels
            + QUAD * kernel * kernel * results,
        inputs: pixels * extents.quads,
        parameters: QUAD * extents.quads + kernel * kernel,
        turns: extents.quads,
    };
    let invocations = tiles.count * SIZE as usize;
    let work = Work::alone(site, invocations, SIZE, each);
    // The invocations of a pixel read the same quads of the input.
    let moved = product([tiles.count, extents.quads, staged + QUAD * TILE]);
    let format = Format::default();
    Work {
        taps: product([invocations, pixels]),
        shared_reads: product([invocations, results, kernel * kernel]),
        barriers: invocations as u64,
        waits: extents.quads,
        registers: work.registers + QUAD * pixels,
        workgroup_bytes: format.bytes(staged * TILE),
        moved_bytes: moved.saturating_mul(format.quad_bytes()) + work.activation_bytes,
        cooperation: Cooperation::Staging,
        ..work
    }
}
