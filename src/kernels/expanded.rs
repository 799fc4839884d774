//! Parts that the kernels of expanded depthwise convolutions share: a convolution of 1x1, then a depthwise one of its results,
//! which are usually several times as many as what is in front of them and behind, and are never stored. In return, neighbouring
//! tiles of pixels compute some of them again.

use super::matrix_conv::Extents;
use super::pair::{self, Depthwise};
use super::parts::{LANES, MATRIX};
use super::reason::Reason;
use super::work::Work;
use super::{
    Encoder, Field, Fusion, Implementation, Instance, Kernel, Operands, Site, Value, channelwise,
};

/// The common fields of their records. Instances are named by window, stride and the pixels of a tile.
pub const COMMON: Kernel = Kernel {
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("window", Field::Window),
        ("between", Field::Bounds),
        ("bounds", Field::Bounds),
        ("groups", Field::Word),
        ("in_quads", Field::Word),
        ("tiles", Field::Word),
        ("rows", Field::Word),
        ("depthwise_weights", Field::Word),
        ("strips", Field::Word),
        ("bands", Field::Word),
        ("weights_offset", Field::Parameters),
        ("items", Field::Word),
    ],
    bindings: channelwise::BINDINGS,
    prologue: true,
    pair: true,
    fusion: Fusion::Epilogue,
    ..Kernel::COMMON
};

/// Shader texts in front of the one with the entry point.
pub const PARTS: [&str; 2] = [LANES, MATRIX];

/// Their implementation. The parameters are those of the convolution of 1x1, then those of the depthwise one.
pub const fn implementation(
    accept: fn(&Site<'_>, &Instance) -> Result<(), Reason>,
    loop_turns: fn(&Site<'_>, &Instance) -> usize,
    work: fn(&Site<'_>, &Instance) -> Work,
) -> Implementation {
    Implementation {
        ops: &["conv_pair"],
        accept,
        loop_turns,
        work,
        pack: |site| pair::pack(site, Depthwise::Second),
        encode,
    }
}

/// Checks that an instance has the window and the stride of `site`.
pub fn accept(site: &Site<'_>, instance: &Instance) -> Result<(), Reason> {
    pair::accept(site, instance, Depthwise::Second)?;
    let (step, window) = (instance.constant("STEP"), site.window());
    if [window.stride, window.dilation] == [[step; 2], [1; 2]] {
        return Ok(());
    }
    Err(Reason::new(format!(
        "needs a stride of {step} and no dilation, found {window}"
    )))
}

/// The tiles of a call: `WIDTH` by `HEIGHT` pixels and a tile of channels for each workgroup.
pub struct Tiles {
    /// Tiles in a row of the result.
    pub strips: usize,
    /// Tiles in a column of the result.
    pub bands: usize,
    /// All of them, of the batch.
    pub count: usize,
}

impl Tiles {
    pub fn new(site: &Site<'_>, instance: &Instance) -> Self {
        let [width, height] = ["WIDTH", "HEIGHT"].map(|name| instance.constant(name));
        let output = site.output();
        let (strips, bands) = (output.width.div_ceil(width), output.height.div_ceil(height));
        Self {
            strips,
            bands,
            count: site.batch() * strips * bands * Extents::of_pair(site).tiles,
        }
    }
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, window, extents) = (site.batch(), site.window(), Extents::of_pair(site));
    let instance = encoder.instance();
    let tiles = Tiles::new(site, instance);
    let taps: usize = window.kernel.iter().product();
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Window(&window),
            Value::Bounds(pair::between(site)),
            Value::Bounds(site.clamp()),
            Value::Word(extents.groups),
            Value::Word(extents.in_quads),
            Value::Word(extents.tiles),
            Value::Word(extents.rows()),
            Value::Word(extents.parameters()),
            Value::Word(tiles.strips),
            Value::Word(tiles.bands),
            Value::Parameters,
            Value::Word(tiles.count),
        ],
        vec![
            // Columns and rows in the padding read the first ones, so all pixels are in reach.
            input.bound(batch * input.shape.pixels(), extents.in_quads),
            operands.parameters(extents.parameters() + (taps + 1) * extents.out_quads),
            output.bound(site.pixels(), extents.out_quads),
        ],
        tiles.count * instance.workgroup_size as usize,
    );
}
