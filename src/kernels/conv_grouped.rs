//! Host side of `conv_grouped.wgsl`.

use super::channelwise;
use super::conv_band::Band;
use super::matrix_conv::{self, bound_residual, taps};
use super::nested_turns;
use super::packing::{Packing, TILE};
use super::parts::{LANES, STRIP};
use super::reason::Reason;
use super::work::Work;
use super::{
    Encoder, Field, Fusion, Implementation, Instance, Kernel, Operands, QUAD, Site, Value, quads,
};

/// A convolution with groups of any number of channels. One invocation computes one quad of output channels for `STRIP`
/// pixels of a row, and reads only the input channels of its groups. So the lanes of a workgroup are filled by the
/// channels of several groups.
pub static KERNEL: Kernel = Kernel {
    name: "conv_grouped",
    shader: &[
        LANES,
        STRIP,
        include_str!("../../shaders/conv_grouped.wgsl"),
    ],
    uniform: &[
        ("input", Field::View),
        ("residual", Field::View),
        ("output", Field::View),
        ("window", Field::Window),
        ("bounds", Field::Bounds),
        ("in_each", Field::Word),
        ("out_each", Field::Word),
        ("band", Field::Word),
        ("last_band", Field::Word),
        ("tiles", Field::Word),
        ("has_residual", Field::Word),
        ("strips", Field::Word),
        ("weights_offset", Field::Parameters),
        ("items", Field::Word),
    ],
    bindings: matrix_conv::BINDINGS,
    instances: &[
        Instance::named(
            "sliding",
            64,
            &[("STRIP", 7), ("TILE", TILE), ("SLIDING", 1)],
        ),
        Instance::named(
            "strided",
            64,
            &[("STRIP", 7), ("TILE", TILE), ("SLIDING", 0)],
        ),
    ],
    prologue: true,
    fusion: Fusion::Epilogue,
    implementation: Some(Implementation {
        ops: &["conv2d"],
        accept,
        loop_turns: |site, instance| {
            let [height, width] = site.window().kernel;
            let strips = 3 * instance.constant("STRIP");
            nested_turns(&[height, band(site).quads(), width, strips])
        },
        work,
        pack,
        encode,
    }),
    ..Kernel::COMMON
};

fn band(site: &Site<'_>) -> Band {
    let groups = site.groups();
    Band {
        groups,
        in_each: site.in_channels() / groups,
        out_each: site.out_channels() / groups,
    }
}

fn accept(site: &Site<'_>, instance: &Instance) -> Result<(), Reason> {
    if site.groups() == 1 {
        return Err(Reason::new("needs several groups, found 1".to_owned()));
    }
    channelwise::accept_sliding(site, instance)
}

fn items(site: &Site<'_>, instance: &Instance) -> usize {
    let strips = site.output().width.div_ceil(instance.constant("STRIP"));
    site.batch() * site.output().height * strips * quads(site.out_channels())
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let products = taps(site) * band(site).quads();
    let each = channelwise::each(site, instance, products, QUAD);
    Work::alone(site, items(site, instance), instance.workgroup_size, each)
}

fn pack(site: &Site<'_>) -> Option<Packing> {
    Some(Packing::Band {
        band: band(site),
        taps: taps(site),
        bias: site.has_bias(),
    })
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output, residual) = (&operands.inputs[0], operands.output, operands.residual());
    let (batch, window, band) = (site.batch(), site.window(), band(site));
    let (pixels, out_quads) = (site.pixels(), output.quads());
    let instance = encoder.instance();
    let (items, strip) = (items(site, instance), instance.constant("STRIP"));
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(residual.unwrap_or(input), batch),
            Value::View(output, batch),
            Value::Window(&window),
            Value::Bounds(site.clamp()),
            Value::Word(band.in_each),
            Value::Word(band.out_each),
            Value::Word(band.quads()),
            Value::Word(band.last()),
            Value::Word(out_quads.div_ceil(TILE)),
            Value::Word(usize::from(residual.is_some())),
            Value::Word(site.output().width.div_ceil(strip)),
            Value::Parameters,
            Value::Word(items),
        ],
        vec![
            // A tap in the padding reads the nearest pixel, so all pixels are in reach.
            input.bound(batch * input.shape.pixels(), input.quads()),
            operands.parameters(band.packed(taps(site))),
            bound_residual(residual, pixels, out_quads),
            output.bound(pixels, out_quads),
        ],
        items,
    );
}
