//! What the kernels share that filter each channel by itself: packing, uniform block, constants, call.

use super::matrix_conv::{bound_residual, taps};
use super::packing::Packing;
use super::reason::Reason;
use super::work::Work;
use super::{Encoder, Field, Instance, Operands, Site, Value};

/// Their uniform block.
pub const UNIFORM: &[(&str, Field)] = &[
    ("input", Field::View),
    ("residual", Field::View),
    ("output", Field::View),
    ("window", Field::Window),
    ("bounds", Field::Bounds),
    ("has_residual", Field::Word),
    ("strips", Field::Word),
    ("weights_offset", Field::Parameters),
    ("items", Field::Word),
];

/// The size that they are compiled in: `STRIP` windows of a row are one invocation's.
pub const INSTANCES: &[Instance] = &[Instance::only(64, &[("STRIP", 4)])];

/// Whether each channel is filtered by itself.
pub fn accept(site: &Site<'_>) -> Result<(), Reason> {
    if site.is_depthwise() {
        return Ok(());
    }
    Err(Reason::new(format!(
        "needs a group for each channel, found {} of {} input and {} output channels",
        site.groups(),
        site.in_channels(),
        site.out_channels()
    )))
}

/// How they want weight and bias.
pub fn pack(site: &Site<'_>) -> Option<Packing> {
    Some(Packing::Depthwise {
        channels: site.out_channels(),
        taps: taps(site),
        bias: site.has_bias(),
    })
}

/// What they take.
pub fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let strips = site.output().width.div_ceil(instance.constant("STRIP"));
    let rows = site.batch() * site.output().height;
    let invocations = rows * strips * super::quads(site.out_channels());
    Work::alone(site, invocations.div_ceil(instance.workgroup_size as usize))
}

/// A call that makes so many `windows` of each row.
pub fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder, windows: usize) {
    let (input, output, residual) = (&operands.inputs[0], operands.output, operands.residual());
    let (batch, window) = (site.batch(), site.window());
    let (pixels, quads) = (site.pixels(), output.quads());
    let strips = windows.div_ceil(encoder.instance().constant("STRIP"));
    let items = batch * output.shape.height * strips * quads;
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(residual.unwrap_or(input), batch),
            Value::View(output, batch),
            Value::Window(&window),
            Value::Bounds(site.clamp()),
            Value::Word(usize::from(residual.is_some())),
            Value::Word(strips),
            Value::Parameters,
            Value::Word(items),
        ],
        vec![
            // Taps in the padding read the pixel nearest to them.
            input.bound(batch * input.shape.pixels(), quads),
            operands.parameters((taps(site) + 1) * quads),
            bound_residual(residual, pixels, quads),
            output.bound(pixels, quads),
        ],
        items,
    );
}
