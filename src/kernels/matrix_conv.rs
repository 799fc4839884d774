//! What the kernels share that compute a convolution as an implicit matrix product: record, packing, uniform block and
//! bindings.

use super::packing::{Packing, ROWS, TILE};
use super::reason::Reason;
use super::work::Work;
use super::{
    Binding, Bound, Encoder, Field, Fusion, Implementation, Instance, Kernel, Operands, QUAD, Site,
    Value, View, parameters, quads, read, write,
};

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

/// What their records have in common.
pub const COMMON: Kernel = Kernel {
    uniform: UNIFORM,
    bindings: BINDINGS,
    prologue: true,
    fusion: Fusion::Epilogue,
    ..Kernel::COMMON
};

/// Of a kernel that takes any convolution or linear layer.
pub const fn implementation(
    work: fn(&Site<'_>, &Instance) -> Work,
    encode: fn(&Site<'_>, &Operands<'_>, &mut Encoder),
) -> Implementation {
    Implementation {
        ops: &["conv2d", "linear"],
        accept: |site, _| accept(site),
        work,
        pack,
        encode,
    }
}

/// Extents of the matrix product.
pub struct Extents {
    /// Products: groups of channels that do not see each other.
    pub groups: usize,
    /// Quads of input channels of each product.
    pub in_quads: usize,
    /// Quads of output channels of each product.
    pub out_quads: usize,
    /// Tiles of output channels of each product.
    pub tiles: usize,
    /// Output pixels of the batch.
    pub pixels: usize,
    /// Quads of input channels of each product, over all taps.
    pub quads: usize,
    /// Floating-point operations, those with the zeros between merged groups included.
    pub flops: u64,
}

impl Extents {
    /// Of a convolution or a linear layer.
    pub fn new(site: &Site<'_>) -> Self {
        let (groups, merged) = match is_merged(site) {
            true => (1, site.groups()),
            false => (site.groups(), 1),
        };
        let [in_quads, out_quads] =
            [site.in_channels(), site.out_channels()].map(|channels| quads_of(channels, groups));
        Self {
            groups,
            in_quads,
            out_quads,
            tiles: out_quads.div_ceil(TILE),
            pixels: site.pixels(),
            quads: taps(site) * in_quads,
            flops: site.flops() * merged as u64,
        }
    }

    /// Rows of a tile of packed weights.
    pub fn rows(&self) -> usize {
        (self.quads * QUAD).next_multiple_of(ROWS)
    }

    /// Number of `vec4<f32>` of weights and biases that the products read.
    pub fn parameters(&self) -> usize {
        self.groups * self.tiles * TILE * (self.rows() + 1)
    }
}

/// How the kernels want weight and bias.
pub fn pack(site: &Site<'_>) -> Option<Packing> {
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

/// Whether the kernels compute the operation of `site`: any, unless merging its groups makes it too large.
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

/// A call of so many items (places of a tile and a strip of pixels), each of so many invocations.
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
            // Taps in the padding read the pixel nearest to them.
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

/// What is bound for a residual, where there is one.
pub fn bound_residual(residual: Option<&View>, pixels: usize, quads: usize) -> Bound {
    match residual {
        Some(view) => view.bound(pixels, quads),
        None => Bound::NOTHING,
    }
}

/// Whether groups are computed as one, with zeros between channels that do not see each other, because they do not
/// fill whole quads.
pub fn is_merged(site: &Site<'_>) -> bool {
    let groups = site.groups();
    let is_aligned = |channels: usize| (channels / groups).is_multiple_of(QUAD);
    groups > 1 && !(is_aligned(site.in_channels()) && is_aligned(site.out_channels()))
}

/// Quads of each of the `groups` that `channels` are in.
pub fn quads_of(channels: usize, groups: usize) -> usize {
    (channels / groups).div_ceil(QUAD)
}

/// Taps of the window.
pub fn taps(site: &Site<'_>) -> usize {
    let [height, width] = site.window().kernel;
    height * width
}
