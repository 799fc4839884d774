//! Host side of `conv_separable.wgsl`.

use super::matrix_conv::{self, Extents, bound_residual};
use super::packing::{ROWS, TILE};
use super::pair::{self, Depthwise};
use super::parts::{LANES, MATRIX, PLACE_IN_K, TILED_PRODUCT};
use super::reason::Reason;
use super::work::Work;
use super::{
    Encoder, Field, Implementation, Instance, Kernel, Operands, QUAD, Site, Value, conv_tiled,
    nested_turns,
};

/// A depthwise separable convolution with a window of 3x3 or 5x5. It is [`conv_tiled`](super::conv_tiled) of what the depthwise
/// convolution computes, which takes one dispatch less and no memory for the results between the two. In return, each tile of
/// output channels computes them again. Instances are named by the window, then as those of `conv_tiled`.
pub static KERNEL: Kernel = Kernel {
    name: "conv_separable",
    shader: &[
        LANES,
        MATRIX,
        PLACE_IN_K,
        include_str!("../../shaders/conv_separable.wgsl"),
        TILED_PRODUCT,
    ],
    uniform: &[
        ("input", Field::View),
        ("residual", Field::View),
        ("output", Field::View),
        ("window", Field::Window),
        ("between", Field::Bounds),
        ("bounds", Field::Bounds),
        ("groups", Field::Word),
        ("in_quads", Field::Word),
        ("out_quads", Field::Word),
        ("tiles", Field::Word),
        ("rows", Field::Word),
        ("depthwise_weights", Field::Word),
        ("has_residual", Field::Word),
        ("pixels", Field::Word),
        ("weights_offset", Field::Parameters),
        ("items", Field::Word),
    ],
    instances: &[
        Instance::named("3x3 32x64", 64, &sizes(3, 2, 32)),
        Instance::named("3x3 32x32", 64, &sizes(3, 1, 32)),
        Instance::named("5x5 32x64", 64, &sizes(5, 2, 32)),
        Instance::named("5x5 32x32", 64, &sizes(5, 1, 32)),
    ],
    pair: true,
    implementation: Some(Implementation {
        ops: &["conv_pair"],
        accept,
        loop_turns,
        work,
        pack: |site| pair::pack(site, Depthwise::First),
        encode,
    }),
    ..matrix_conv::COMMON
};

/// The constants of an instance.
const fn sizes(kernel: usize, span: usize, pixels: usize) -> [(&'static str, usize); 5] {
    [
        ("KERNEL", kernel),
        ("TILE", TILE),
        ("SPAN", span),
        ("PIXELS", pixels),
        ("DEPTH", ROWS),
    ]
}

fn accept(site: &Site<'_>, instance: &Instance) -> Result<(), Reason> {
    pair::accept(site, instance, Depthwise::First)
}

/// For each step along K, the rows of the window, and the loops of the product.
fn loop_turns(site: &Site<'_>, instance: &Instance) -> usize {
    let steps = Extents::of_pair(site).quads;
    nested_turns(&[steps, QUAD + instance.constant("KERNEL")])
}

/// The product, and the depthwise convolution of each value that is staged.
fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let side = instance.constant("KERNEL");
    let (taps, pixels) = (side * side, instance.constant("PIXELS"));
    let work = conv_tiled::work_of(site, &Extents::of_pair(site), instance);
    let staged = work.loads;
    let reads = (pixels * ROWS / QUAD / work.workgroup_size) as u64;
    let loads = staged * taps as u64;
    let weights = staged / reads.max(1) * (taps as u64 + 1);
    Work {
        multiply_adds: work.multiply_adds
            + QUAD as u64 * loads
            + pair::between_work(site) as u64 * staged,
        reads: work.reads - staged + loads + weights,
        loads,
        taps: loads,
        // The taps of a row are under way at once.
        waits: work.waits * side,
        registers: work.registers + 2 * QUAD * reads as usize,
        ..work
    }
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output, residual) = (&operands.inputs[0], operands.output, operands.residual());
    let (batch, extents) = (site.batch(), Extents::of_pair(site));
    let instance = encoder.instance();
    let workgroups = conv_tiled::workgroups(&extents, instance);
    let window = site.window();
    let taps: usize = window.kernel.iter().product();
    let invocations = workgroups * instance.workgroup_size as usize;
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(residual.unwrap_or(input), batch),
            Value::View(output, batch),
            Value::Window(&window),
            Value::Bounds(pair::between(site)),
            Value::Bounds(site.clamp()),
            Value::Word(extents.groups),
            Value::Word(extents.in_quads),
            Value::Word(extents.out_quads),
            Value::Word(extents.tiles),
            Value::Word(extents.rows()),
            Value::Word(extents.parameters()),
            Value::Word(usize::from(residual.is_some())),
            Value::Word(extents.pixels),
            Value::Parameters,
            Value::Word(workgroups),
        ],
        vec![
            // A tap in the padding reads the nearest pixel, so all pixels are in reach.
            input.bound(batch * input.shape.pixels(), extents.in_quads),
            operands.parameters(extents.parameters() + (taps + 1) * extents.in_quads),
            bound_residual(residual, extents.pixels, extents.out_quads),
            output.bound(extents.pixels, extents.out_quads),
        ],
        invocations,
    );
}
