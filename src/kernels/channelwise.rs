//! Parts that the kernels of depthwise convolutions share: packing, uniform block, constants and call.

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

/// Checks that the convolution is depthwise.
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

/// Checks that an instance with `SLIDING` computes windows that are one tap apart.
pub fn accept_sliding(site: &Site<'_>, instance: &Instance) -> Result<(), Reason> {
    let window = site.window();
    let (stride, dilation) = (window.stride[1], window.dilation[1]);
    if instance.constant("SLIDING") == 0 || stride == dilation {
        return Ok(());
    }
    Err(Reason::new(format!(
        "needs a stride that is the dilation, found {stride} and {dilation} along a row"
    )))
}

/// The packing of weight and bias.
pub fn pack(site: &Site<'_>) -> Option<Packing> {
    Some(Packing::Depthwise {
        channels: site.out_channels(),
        taps: taps(site),
        bias: site.has_bias(),
    })
}

/// The work of these kernels.
pub fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let strips = site.output().width.div_ceil(instance.constant("STRIP"));
    let rows = site.batch() * site.output().height;
    let invocations = rows * strips * super::quads(site.out_channels());
    Work::alone(site, invocations.div_ceil(instance.workgroup_size as usize))
}

/// Encodes a call. One invocation computes `STRIP` pixels of a row.
pub fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output, residual) = (&operands.inputs[0], operands.output, operands.residual());
    let (batch, window) = (site.batch(), site.window());
    let (pixels, quads) = (site.pixels(), output.quads());
    let strip = encoder.instance().constant("STRIP");
    let strips = site.output().width.div_ceil(strip);
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
            // A tap in the padding reads the nearest pixel, so all pixels are in reach.
            input.bound(batch * input.shape.pixels(), quads),
            operands.parameters((taps(site) + 1) * quads),
            bound_residual(residual, pixels, quads),
            output.bound(pixels, quads),
        ],
        items,
    );
}
