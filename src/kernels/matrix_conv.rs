//! Parts that the kernels share which compute a convolution as an implicit matrix product: record, packing, uniform
//! block and bindings. M is the number of output pixels of the batch, N that of output channels, and K that of input
//! channels times taps.

use super::nested_turns;
use super::packing::{Packing, ROWS, TILE};
use super::reason::Reason;
use super::work::Work;
use super::{
    Binding, Bound, Encoder, Field, Fusion, Implementation, Instance, Kernel, Operands, QUAD, Site,
    Value, View, parameters, quads, read, write,
};

use crate::graph::winograd::PRODUCTS;

/// Their uniform block.
pub const UNIFORM: &[(&str, Field)] = &[
    ("input", Field::View),
    ("residual", Field::View),
    ("output", Field::View),
    ("window", Field::Window),
    ("bounds", Field::Bounds),
    ("groups", Field::Word),
    ("in_quads", Field::Word),
    ("out_quads", Field::Word),
    ("tiles", Field::Word),
    ("rows", Field::Word),
    ("has_residual", Field::Word),
    ("pixels", Field::Word),
    ("weights_offset", Field::Parameters),
    ("items", Field::Word),
];

/// Their tensors.
pub const BINDINGS: &[Binding] = &[
    read("input"),
    parameters("weights"),
    read("residual"),
    write("output"),
];

/// The common fields of their records.
pub const COMMON: Kernel = Kernel {
    uniform: UNIFORM,
    bindings: BINDINGS,
    prologue: true,
    fusion: Fusion::Epilogue,
    ..Kernel::COMMON
};

/// The implementation of a kernel that accepts any convolution or linear layer.
pub const fn implementation(
    work: fn(&Site<'_>, &Instance) -> Work,
    encode: fn(&Site<'_>, &Operands<'_>, &mut Encoder),
) -> Implementation {
    Implementation {
        ops: &["conv2d", "linear"],
        accept: |site, _| accept(site),
        loop_turns: |site, _| Extents::new(site).loop_turns(1),
        work,
        pack,
        encode,
    }
}

/// Extents of the matrix product.
pub struct Extents {
    /// Number of matrix products: one for each group of the convolution.
    pub groups: usize,
    /// Quads of input channels of each product.
    pub in_quads: usize,
    /// Quads of output channels of each product.
    pub out_quads: usize,
    /// Tiles of output channels of each product.
    pub tiles: usize,
    /// Output pixels of the batch (M).
    pub pixels: usize,
    /// Quads of input channels of each product, over all taps (K / 4).
    pub quads: usize,
    /// Floating-point operations, including those with the zeros between merged groups and those of the quads that fill
    /// up the tiles of each group.
    pub flops: u64,
}

impl Extents {
    /// The extents of a convolution or a linear layer.
    pub fn new(site: &Site<'_>) -> Self {
        let (groups, merged) = match is_merged(site) {
            true => (1, site.groups()),
            false => (site.groups(), 1),
        };
        let [in_quads, out_quads] =
            [site.in_channels(), site.out_channels()].map(|channels| quads_of(channels, groups));
        let tiles = out_quads.div_ceil(TILE);
        let flops = match groups {
            1 => site.flops() * merged as u64,
            _ => site.flops() * (tiles * TILE) as u64 / out_quads as u64,
        };
        Self {
            groups,
            in_quads,
            out_quads,
            tiles,
            pixels: site.pixels(),
            quads: taps(site) * in_quads,
            flops,
        }
    }

    /// The extents of the product of a pair of convolutions, of which the other one is depthwise. Its K are channels.
    pub fn of_pair(site: &Site<'_>) -> Self {
        let [in_quads, out_quads] =
            [site.in_channels(), site.out_channels()].map(|channels| quads_of(channels, 1));
        Self {
            groups: 1,
            in_quads,
            out_quads,
            tiles: out_quads.div_ceil(TILE),
            pixels: site.pixels(),
            quads: in_quads,
            flops: site.flops(),
        }
    }

    /// Rows of a tile of packed weights.
    pub fn rows(&self) -> usize {
        (self.quads * QUAD).next_multiple_of(ROWS)
    }

    /// Turns of a loop over the quads of K, each with a loop over its rows, if this number of invocations share it. Drivers
    /// do not unroll the inner loop of checked shaders.
    pub fn loop_turns(&self, slices: usize) -> usize {
        nested_turns(&[self.quads.div_ceil(slices), QUAD])
    }

    /// Number of quads of weights and biases that the products read.
    pub fn parameters(&self) -> usize {
        self.groups * self.tiles * TILE * (self.rows() + 1)
    }
}

/// The packing of weight and bias.
pub fn pack(site: &Site<'_>) -> Option<Packing> {
    if site.has_winograd_weight() {
        return Some(Packing::Winograd {
            in_channels: site.in_channels() / PRODUCTS,
            outputs: 0..site.out_channels() / PRODUCTS,
        });
    }
    Some(Packing::Conv {
        groups: site.groups(),
        merged: is_merged(site),
        transposed: false,
        taps: taps(site),
        in_each: site.in_channels() / site.groups(),
        outputs: 0..site.out_channels(),
        bias: site.has_bias(),
    })
}

/// Checks that the kernels compute the operation of `site`. They compute any, unless merging its groups makes the weight
/// too large.
pub fn accept(site: &Site<'_>) -> Result<(), Reason> {
    if !is_merged(site) {
        return Ok(());
    }
    let rows = taps(site) * site.in_channels().next_multiple_of(QUAD) + 1;
    let needed = rows.saturating_mul(quads(site.out_channels()).next_multiple_of(TILE));
    let most = site.device().max_quads();
    if needed <= most {
        return Ok(());
    }
    let groups = site.groups();
    Err(Reason::new(format!(
        "needs {needed} vec4<f32> for {groups} groups merged into one, and a tensor has at most {most}"
    )))
}

/// Encodes a call of `items` items, each of `invocations` invocations. An item is a tile of output channels for a strip
/// of pixels.
pub fn encode(
    site: &Site<'_>,
    operands: &Operands<'_>,
    encoder: &mut Encoder,
    items: usize,
    invocations: usize,
) {
    let (input, output, residual) = (&operands.inputs[0], operands.output, operands.residual());
    let (batch, window, extents) = (site.batch(), site.window(), Extents::new(site));
    let out_quads = extents.groups * extents.out_quads;
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(residual.unwrap_or(input), batch),
            Value::View(output, batch),
            Value::Window(&window),
            Value::Bounds(site.clamp()),
            Value::Word(extents.groups),
            Value::Word(extents.in_quads),
            Value::Word(extents.out_quads),
            Value::Word(extents.tiles),
            Value::Word(extents.rows()),
            Value::Word(usize::from(residual.is_some())),
            Value::Word(extents.pixels),
            Value::Parameters,
            Value::Word(items),
        ],
        vec![
            // A tap in the padding reads the nearest pixel, so all pixels are in reach.
            input.bound(
                batch * input.shape.pixels(),
                extents.groups * extents.in_quads,
            ),
            operands.parameters(extents.parameters()),
            bound_residual(residual, extents.pixels, out_quads),
            output.bound(extents.pixels, out_quads),
        ],
        items * invocations,
    );
}

/// The binding of a residual, if there is one.
pub fn bound_residual(residual: Option<&View>, pixels: usize, quads: usize) -> Bound {
    match residual {
        Some(view) => view.bound(pixels, quads),
        None => Bound::NOTHING,
    }
}

/// Whether all groups are computed as one, with zero weights between the channels of different groups. This is needed if
/// the channels of a group do not fill whole quads.
pub fn is_merged(site: &Site<'_>) -> bool {
    let groups = site.groups();
    let is_aligned = |channels: usize| (channels / groups).is_multiple_of(QUAD);
    groups > 1 && !(is_aligned(site.in_channels()) && is_aligned(site.out_channels()))
}

/// Quads of each group, if `channels` channels are in `groups` groups.
pub fn quads_of(channels: usize, groups: usize) -> usize {
    (channels / groups).div_ceil(QUAD)
}

/// Turns of a loop over the rows of the window, with a loop over the taps of a row in it.
pub fn window_turns(site: &Site<'_>) -> usize {
    nested_turns(&site.window().kernel)
}

/// Number of taps of the window: height times width.
pub fn taps(site: &Site<'_>) -> usize {
    let [height, width] = site.window().kernel;
    height * width
}
