//! The uniform block of a kernel: its kinds of fields, each with its WGSL type (in `shaders/core`) and its encoding as
//! 32-bit words.

use super::View;
use crate::graph::Window;

/// The most axes of a [`Field::Axes`]: two vectors of four.
pub const MOST_AXES: usize = 8;

/// Kind of a field of a uniform block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Extents and place of a tensor: the WGSL struct `View`.
    View,
    /// A sliding window: the WGSL struct `Window`.
    Window,
    /// The bounds of a clamp: the WGSL struct `Bounds`.
    Bounds,
    /// Axes to count through: the WGSL struct `Axes`.
    Axes,
    /// A `u32`. Words and numbers come last, because structs in a uniform block begin at multiples of 16 bytes.
    Word,
    /// An `f32`.
    Number,
    /// A `u32`: the offset of the packed parameters in their binding, in quads. Only a session knows it.
    Parameters,
}

impl Field {
    /// Size in bytes.
    pub fn bytes(self) -> usize {
        match self {
            Field::View => 32,
            Field::Window => 48,
            Field::Bounds => 16,
            Field::Axes => 80,
            Field::Word | Field::Number | Field::Parameters => 4,
        }
    }

    /// The field's type in WGSL.
    pub fn wgsl_type(self) -> &'static str {
        match self {
            Field::View => "View",
            Field::Window => "Window",
            Field::Bounds => "Bounds",
            Field::Axes => "Axes",
            Field::Word | Field::Parameters => "u32",
            Field::Number => "f32",
        }
    }

    /// The shader text with that type and its functions.
    pub(super) fn shader(self) -> Option<&'static str> {
        match self {
            Field::View => Some(include_str!("../../shaders/core/view.wgsl")),
            Field::Window => Some(include_str!("../../shaders/core/window.wgsl")),
            Field::Bounds => Some(include_str!("../../shaders/core/clamp.wgsl")),
            Field::Axes => Some(include_str!("../../shaders/core/axes.wgsl")),
            Field::Word | Field::Number | Field::Parameters => None,
        }
    }
}

/// The value of a field.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// For [`Field::View`]: the view, and the number of images.
    View(&'a View, usize),
    /// For [`Field::Window`].
    Window(&'a Window),
    /// For [`Field::Bounds`]: the lowest and the highest value.
    Bounds([f32; 2]),
    /// For [`Field::Axes`]: the extent and the stride of at most eight axes, innermost first.
    Axes(&'a [(usize, isize)]),
    /// For [`Field::Word`].
    Word(usize),
    /// For [`Field::Number`].
    Number(f64),
    /// For [`Field::Parameters`]; zero until a session sets the offset.
    Parameters,
}

impl Value<'_> {
    /// The kind of field of this value.
    pub fn field(&self) -> Field {
        match self {
            Value::View(..) => Field::View,
            Value::Window(_) => Field::Window,
            Value::Bounds(_) => Field::Bounds,
            Value::Axes(_) => Field::Axes,
            Value::Word(_) => Field::Word,
            Value::Number(_) => Field::Number,
            Value::Parameters => Field::Parameters,
        }
    }

    fn write(&self, words: &mut Vec<u32>) {
        let mut all = |values: &[usize]| words.extend(values.iter().map(|&value| value as u32));
        match *self {
            Value::View(view, batch) => all(&[
                view.shape.height,
                view.shape.width,
                view.shape.pixels(),
                view.shape.channels,
                view.quads(),
                view.pitch,
                view.origin + view.offset,
                batch,
            ]),
            Value::Window(window) => all(&[
                window.kernel[0],
                window.kernel[1],
                window.stride[0],
                window.stride[1],
                window.dilation[0],
                window.dilation[1],
                window.padding.top,
                window.padding.left,
                window.padding.bottom,
                window.padding.right,
                0,
                0,
            ]),
            Value::Bounds([low, high]) => words.extend([low.to_bits(), high.to_bits(), 0, 0]),
            Value::Axes(axes) => {
                let (mut extents, mut strides) = ([1; MOST_AXES], [0; MOST_AXES]);
                for (index, &(extent, stride)) in axes.iter().enumerate() {
                    // A negative stride is added modulo 2^32.
                    (extents[index], strides[index]) = (extent, stride as usize);
                }
                all(&extents);
                all(&strides);
                let outermost = axes.last().map_or(0, |&(_, stride)| stride as usize);
                all(&[axes.len().max(1), outermost, 0, 0]);
            }
            Value::Word(word) => all(&[word]),
            Value::Number(number) => words.push((number as f32).to_bits()),
            Value::Parameters => words.push(0),
        }
    }
}

/// Encodes a uniform block of `values`. Its size is a multiple of 16 bytes.
pub fn encode(values: &[Value<'_>]) -> Vec<u32> {
    let bytes: usize = values.iter().map(|value| value.field().bytes()).sum();
    let mut words = Vec::with_capacity((bytes / size_of::<u32>()).next_multiple_of(4));
    for value in values {
        value.write(&mut words);
    }
    words.resize(words.len().next_multiple_of(4), 0);
    words
}
