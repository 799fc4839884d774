//! Resizing in two passes, one for each axis. The result has the same bits as [`Preprocess::pixels`]: both use the same
//! fixed-point weights, and 8 bits between the passes.
//!
//! [`Preprocess::pixels`]: crate::preprocess::Preprocess::pixels

use super::dispatch::Compiled;
use super::storage::filled;
use super::texture_source::{OpenSource, Transfer};
use crate::device::QUAD_BYTES;
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::{DeviceBuffer, DeviceTensor, Gpu};
use crate::kernels::interface::Formats;
use crate::kernels::uniforms::{Field, Value};
use crate::kernels::{Access, Binding, BindingKind, Format, Instance, Kernel, read, write};
use crate::preprocess::{Axis, Colour, FRACTION_BITS, Preprocess, Resampling};
use crate::session::{BoundCall, Input};
use crate::tensor::Shape;

/// Number of integers of the header, which precedes the weights. The header has for each pixel of the result: the first
/// pixel that it depends on, the offset of its weights, and their number.
const HEADER: usize = 3;

const CONSTANTS: &[(&str, usize)] = &[
    ("FRACTION_BITS", FRACTION_BITS as usize),
    ("HEADER", HEADER),
];

const TAPS: Binding = Binding {
    name: "taps",
    access: Access::Read,
    kind: BindingKind::Integers,
};

/// Resizes the application's texture to 8-bit values along one axis.
pub static FIRST_PASS: Kernel = Kernel {
    name: "resize_first",
    shader: &[include_str!("../../shaders/frame/resize_first.wgsl")],
    uniform: &[
        ("origin_x", Field::Word),
        ("origin_y", Field::Word),
        ("width", Field::Word),
        ("items", Field::Word),
        ("down", Field::Word),
        ("linear", Field::Word),
        ("gray", Field::Word),
        ("blue_first", Field::Word),
    ],
    bindings: &[
        Binding {
            name: "image",
            access: Access::Read,
            kind: BindingKind::Image,
        },
        TAPS,
        write("output"),
    ],
    instances: &[Instance::only(64, CONSTANTS)],
    ..Kernel::COMMON
};

/// Resizes the result of the first pass along the other axis, and writes the network's input.
pub static SECOND_PASS: Kernel = Kernel {
    name: "resize_second",
    shader: &[include_str!("../../shaders/frame/resize_second.wgsl")],
    uniform: &[
        ("output", Field::View),
        ("image", Field::Word),
        ("border_x", Field::Word),
        ("border_y", Field::Word),
        ("length_x", Field::Word),
        ("length_y", Field::Word),
        ("width", Field::Word),
        ("down", Field::Word),
        ("items", Field::Word),
        ("mean_red", Field::Number),
        ("mean_green", Field::Number),
        ("mean_blue", Field::Number),
        ("std_red", Field::Number),
        ("std_green", Field::Number),
        ("std_blue", Field::Number),
    ],
    bindings: &[read("input"), TAPS, write("output")],
    instances: &[Instance::only(64, CONSTANTS)],
    ..Kernel::COMMON
};

/// The compiled kernels of both passes.
pub struct Kernels {
    first: Compiled,
    second: Compiled,
}

impl Kernels {
    /// Compiles both for images of `input`, unless they are already compiled.
    ///
    /// # Errors
    /// [`ErrorKind::Device`] if the device refuses one.
    pub async fn new(gpu: &Gpu, input: &Input<'_>) -> Result<Self> {
        let formats = Formats::with(&SECOND_PASS, "output", input.view().format);
        Ok(Self {
            first: Compiled::new(gpu, &FIRST_PASS).await?,
            second: Compiled::with(gpu, &SECOND_PASS, formats).await?,
        })
    }

    /// The two passes from `source` to image number `image` of `input`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the preprocessing is not valid. [`ErrorKind::Limit`] if the result of the first pass is
    /// larger than the device allows.
    pub fn calls(
        &self,
        input: &Input<'_>,
        source: &OpenSource,
        preprocess: &Preprocess,
        image: usize,
    ) -> Result<[BoundCall; 2]> {
        let session = input.session();
        let gpu = session.gpu();
        let region = source.region;
        let resampling = preprocess.resampling(region.height as usize, region.width as usize)?;
        let [width, height] = between(&resampling);
        let intermediate = intermediate(gpu, width, height)?;
        let (first, second) = match resampling.down_first {
            true => (&resampling.down, &resampling.across),
            false => (&resampling.across, &resampling.down),
        };
        let flag = |set: bool| Value::Word(usize::from(set));
        let first_taps = taps(gpu, first)?;
        let first = self.first.call(
            gpu,
            &[
                Value::Word(region.x as usize + resampling.across.seen.start),
                Value::Word(region.y as usize + resampling.down.seen.start),
                Value::Word(width),
                Value::Word(width * height),
                flag(resampling.down_first),
                flag(source.transfer == Transfer::Linear),
                flag(preprocess.colour == Colour::Gray),
                flag(preprocess.colour == Colour::Bgr),
            ],
            vec![
                wgpu::BindingResource::TextureView(&source.view),
                first_taps.as_entire_binding(),
                intermediate.binding(),
            ],
            width * height,
        )?;
        let view = input.view();
        let [red, green, blue] = normalisation(preprocess);
        let values = [
            Value::View(view, session.program().batch()),
            Value::Word(image),
            Value::Word(resampling.across.border),
            Value::Word(resampling.down.border),
            Value::Word(resampling.across.length),
            Value::Word(resampling.down.length),
            Value::Word(width),
            flag(!resampling.down_first),
            Value::Word(view.shape.pixels()),
            Value::Number(red.0),
            Value::Number(green.0),
            Value::Number(blue.0),
            Value::Number(red.1),
            Value::Number(green.1),
            Value::Number(blue.1),
        ];
        let second_taps = taps(gpu, second)?;
        let second = self.second.call(
            gpu,
            &values,
            vec![
                intermediate.binding(),
                second_taps.as_entire_binding(),
                session.binding(view),
            ],
            view.shape.pixels(),
        )?;
        Ok([
            first.holding([DeviceTensor::Buffer(first_taps)]),
            second.holding([intermediate, DeviceTensor::Buffer(second_taps)]),
        ])
    }
}

/// Width and height of the result of the first pass.
fn between(resampling: &Resampling) -> [usize; 2] {
    let (down, across) = (&resampling.down, &resampling.across);
    match resampling.down_first {
        true => [across.seen.len(), down.length],
        false => [across.length, down.seen.len()],
    }
}

fn intermediate(gpu: &Gpu, width: usize, height: usize) -> Result<DeviceTensor> {
    let profile = gpu.profile();
    let (quads, most) = (width * height, profile.max_quads());
    if quads > most {
        return Err(Error::new(
            ErrorKind::Limit,
            format!(
                "resizing takes {} bytes in between, this adapter allows {}; try a smaller region",
                quads as u64 * QUAD_BYTES,
                most as u64 * QUAD_BYTES
            ),
        ));
    }
    DeviceTensor::new(gpu, profile.storage, Format::F32, quads, "resize")
}

/// A buffer with the weights of `axis`: a header for each pixel of the result, then the weights.
fn taps(gpu: &Gpu, axis: &Axis) -> Result<DeviceBuffer> {
    let mut taps = Vec::new();
    let mut begin = HEADER * axis.length;
    for (first, weights) in axis.filter.iter() {
        taps.extend([first, begin, weights.len()].map(|count| count as i32));
        begin += weights.len();
    }
    for (_, weights) in axis.filter.iter() {
        taps.extend_from_slice(weights);
    }
    filled(gpu, "resize", &taps)
}

/// Mean and standard deviation of each lane. A lane without a channel stays zero.
fn normalisation(preprocess: &Preprocess) -> [(f64, f64); 3] {
    [0, 1, 2].map(|channel| match channel < preprocess.colour.channels() {
        true => (
            f64::from(preprocess.mean[channel]),
            f64::from(preprocess.std[channel]),
        ),
        false => (0.0, 1.0),
    })
}

/// Checks that `preprocess` makes images of the shape of `input`.
///
/// # Errors
/// [`ErrorKind::Input`] if the shapes differ.
pub fn check_shape(input: &Input<'_>, preprocess: &Preprocess) -> Result<()> {
    let [height, width] = preprocess.crop;
    let made = Shape::new(preprocess.colour.channels(), height, width);
    let shape = input.shape();
    if made == shape {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Input,
        format!(
            "{} takes images of {shape}, this preprocessing makes {made}",
            input.session().program().name()
        ),
    ))
}
