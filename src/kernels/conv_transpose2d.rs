//! Host side of `conv_transpose2d.wgsl`.

use super::matrix_conv::{is_merged, quads_of, taps};
use super::nested_turns;
use super::packing::{Packing, ROWS, TILE};
use super::parts::MATRIX;
use super::{
    Encoder, Field, Fusion, Implementation, Instance, Kernel, Operands, QUAD, Site, Value,
    parameters, read, write,
};

/// Any transposed convolution, by gathering, in registers. One invocation computes `STRIP` pixels of `OUT_BLOCK` quads
/// of output channels.
pub static KERNEL: Kernel = Kernel {
    name: "conv_transpose2d",
    shader: &[MATRIX, include_str!("../../shaders/conv_transpose2d.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("window", Field::Window),
        ("bounds", Field::Bounds),
        ("groups", Field::Word),
        ("in_quads", Field::Word),
        ("out_quads", Field::Word),
        ("tiles", Field::Word),
        ("rows", Field::Word),
        ("strips", Field::Word),
        ("weights_offset", Field::Parameters),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), parameters("weights"), write("output")],
    instances: &[Instance::only(
        64,
        &[("STRIP", 8), ("OUT_BLOCK", 2), ("TILE", TILE)],
    )],
    fusion: Fusion::Epilogue,
    implementation: Some(Implementation {
        loop_turns: |site, _| {
            let [height, width] = site.window().kernel;
            let in_quads = quads_of(site.in_channels(), groups(site));
            nested_turns(&[height, width, in_quads, QUAD])
        },
        pack,
        ..Implementation::only(&["conv_transpose2d"], encode)
    }),
    ..Kernel::COMMON
};

fn pack(site: &Site<'_>) -> Option<Packing> {
    Some(Packing::Conv {
        groups: site.groups(),
        merged: is_merged(site),
        transposed: true,
        taps: taps(site),
        in_each: site.in_channels() / site.groups(),
        outputs: 0..site.out_channels(),
        bias: site.has_bias(),
    })
}

/// Number of groups that are computed one by one.
fn groups(site: &Site<'_>) -> usize {
    match is_merged(site) {
        true => 1,
        false => site.groups(),
    }
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, window, instance) = (site.batch(), site.window(), encoder.instance());
    let groups = groups(site);
    let [in_quads, out_quads] =
        [site.in_channels(), site.out_channels()].map(|channels| quads_of(channels, groups));
    let tiles = out_quads.div_ceil(TILE);
    let rows = (taps(site) * in_quads * QUAD).next_multiple_of(ROWS);
    // The pixels of a strip are one stride apart, so `stride` strips start at neighbouring pixels.
    let stride = window.stride[1];
    let row = output.shape.width.div_ceil(stride);
    let strips = row.div_ceil(instance.constant("STRIP"));
    let blocks = groups * out_quads.div_ceil(instance.constant("OUT_BLOCK"));
    let items = batch * output.shape.height * stride * strips * blocks;
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Window(&window),
            Value::Bounds(site.clamp()),
            Value::Word(groups),
            Value::Word(in_quads),
            Value::Word(out_quads),
            Value::Word(tiles),
            Value::Word(rows),
            Value::Word(strips),
            Value::Parameters,
            Value::Word(items),
        ],
        vec![
            input.bound(batch * input.shape.pixels(), groups * in_quads),
            operands.parameters(groups * tiles * TILE * (rows + 1)),
            output.bound(site.pixels(), groups * out_quads),
        ],
        items,
    );
}
