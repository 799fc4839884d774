//! Parts that the kernels of depthwise convolutions share: packing, uniform block, constants and call.

use super::matrix_conv::taps;
use super::nested_turns;
use super::packing::Packing;
use super::reason::Reason;
use super::work::{Each, Work};
use super::{
    Binding, Encoder, Field, Instance, Operands, QUAD, Site, Value, parameters, read, write,
};

/// Their uniform block.
pub const UNIFORM: &[(&str, Field)] = &[
    ("input", Field::View),
    ("output", Field::View),
    ("window", Field::Window),
    ("bounds", Field::Bounds),
    ("strips", Field::Word),
    ("weights_offset", Field::Parameters),
    ("items", Field::Word),
];

/// Their bindings. A residual is rare here, and is computed by a fused expression.
pub const BINDINGS: &[Binding] = &[read("input"), parameters("weights"), write("output")];

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

/// Turns of the loops over the rows and the taps of a row, and of at most three loops over the strip for each tap, which
/// not every driver unrolls.
pub fn loop_turns(site: &Site<'_>, instance: &Instance) -> usize {
    let [height, width] = site.window().kernel;
    nested_turns(&[height, width, 3 * instance.constant("STRIP")])
}

/// The packing of weight and bias.
pub fn pack(site: &Site<'_>) -> Option<Packing> {
    Some(Packing::Depthwise {
        channels: site.out_channels(),
        taps: taps(site),
        bias: site.has_bias(),
    })
}

/// The work of a kernel that computes the windows of the result.
pub fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let each = each(site, instance, taps(site), 1);
    work_of(site, instance, each)
}

/// The work of a kernel that computes the windows of the result, with so much work of each invocation.
pub fn work_of(site: &Site<'_>, instance: &Instance, each: Each) -> Work {
    let strips = site.output().width.div_ceil(instance.constant("STRIP"));
    let rows = site.batch() * site.output().height;
    let invocations = rows * strips * super::quads(site.out_channels());
    Work::alone(site, invocations, instance.workgroup_size, each)
}

/// What an invocation does that computes a strip of quads, each as the sum of `terms` quads of the input with `parameters`
/// quads of parameters for each of them.
pub fn each(site: &Site<'_>, instance: &Instance, terms: usize, parameters: usize) -> Each {
    let window = site.window();
    let strip = instance.constant("STRIP");
    let rows = terms / window.kernel[1];
    // Extents of the window are uniforms, so loops over taps or columns are not unrolled.
    let [inputs, turns] = match instance.constant("SLIDING") {
        0 => [terms * strip, terms],
        // Windows that are one tap apart share their columns.
        _ => [rows * (strip - 1 + window.kernel[1]); 2],
    };
    Each {
        results: strip,
        multiply_adds: QUAD * parameters * terms * strip,
        inputs,
        parameters: parameters * terms,
        turns,
    }
}

/// Encodes a call. One invocation computes `STRIP` pixels of a row.
pub fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, window) = (site.batch(), site.window());
    let (pixels, quads) = (site.pixels(), output.quads());
    let strip = encoder.instance().constant("STRIP");
    let strips = site.output().width.div_ceil(strip);
    let items = batch * output.shape.height * strips * quads;
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Window(&window),
            Value::Bounds(site.clamp()),
            Value::Word(strips),
            Value::Parameters,
            Value::Word(items),
        ],
        vec![
            // A tap in the padding reads the nearest pixel, so all pixels are in reach.
            input.bound(batch * input.shape.pixels(), quads),
            operands.parameters((taps(site) + 1) * quads),
            output.bound(pixels, quads),
        ],
        items,
    );
}
