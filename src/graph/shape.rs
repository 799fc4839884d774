//! Shapes of activations, and the arithmetic of sliding windows.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};

/// The shape of one image's activation. The batch is not part of it: a graph describes what happens
/// to one image, and a plan decides how many go through at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Number of channels.
    pub channels: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Pixels in a row.
    pub width: usize,
}

impl Shape {
    /// `channels` planes of `height` by `width` pixels.
    pub const fn new(channels: usize, height: usize, width: usize) -> Self {
        Self {
            channels,
            height,
            width,
        }
    }

    /// A feature vector: one pixel of `channels` values.
    pub const fn vector(channels: usize) -> Self {
        Self::new(channels, 1, 1)
    }

    /// Number of pixels in a plane.
    pub const fn pixels(&self) -> usize {
        self.height * self.width
    }

    /// Number of values.
    pub const fn elements(&self) -> usize {
        self.channels * self.pixels()
    }

    /// Whether this is one pixel.
    pub const fn is_vector(&self) -> bool {
        self.height == 1 && self.width == 1
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}x{}", self.channels, self.height, self.width)
    }
}

/// Pixels of border around an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Padding {
    /// Rows above.
    pub top: usize,
    /// Columns to the left.
    pub left: usize,
    /// Rows below.
    pub bottom: usize,
    /// Columns to the right.
    pub right: usize,
}

impl Padding {
    /// The same border on all four sides.
    pub const fn all(pixels: usize) -> Self {
        Self {
            top: pixels,
            left: pixels,
            bottom: pixels,
            right: pixels,
        }
    }

    /// Half of `kernel`, height and width: with an odd one and a stride of 1 an image keeps its size.
    pub const fn centred([height, width]: [usize; 2]) -> Self {
        Self {
            top: height / 2,
            left: width / 2,
            bottom: height / 2,
            right: width / 2,
        }
    }

    /// Whether there is no border.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Both borders added.
    pub fn plus(self, other: Self) -> Self {
        Self {
            top: self.top + other.top,
            left: self.left + other.left,
            bottom: self.bottom + other.bottom,
            right: self.right + other.right,
        }
    }
}

impl fmt::Display for Padding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            top,
            left,
            bottom,
            right,
        } = *self;
        if *self == Self::all(top) {
            write!(f, "{top}")
        } else {
            write!(f, "{top},{left},{bottom},{right}")
        }
    }
}

/// How an output size that does not divide evenly is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// Incomplete windows are left out.
    #[default]
    Floor,
    /// A last, incomplete window counts where it begins inside the image or its leading border.
    Ceil,
}

/// A window that slides over an image: what convolution and pooling have in common.
/// Pairs are height first, width second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// Extent in taps.
    pub kernel: [usize; 2],
    /// Distance between neighbouring windows.
    pub stride: [usize; 2],
    /// Distance between neighbouring taps.
    pub dilation: [usize; 2],
    /// Border around the image.
    pub padding: Padding,
    /// What happens to a last, incomplete window.
    pub rounding: Rounding,
}

impl Window {
    /// A square window of `kernel` taps that moves by `stride`, without a border.
    pub const fn square(kernel: usize, stride: usize) -> Self {
        Self {
            kernel: [kernel; 2],
            stride: [stride; 2],
            dilation: [1; 2],
            padding: Padding::all(0),
            rounding: Rounding::Floor,
        }
    }

    /// The same window over an image with a border of `pixels` on all sides.
    pub const fn padded(mut self, pixels: usize) -> Self {
        self.padding = Padding::all(pixels);
        self
    }

    /// The same window, where a last, incomplete one counts.
    pub const fn rounded_up(mut self) -> Self {
        self.rounding = Rounding::Ceil;
        self
    }

    /// Whether the window is a single tap that visits every pixel.
    pub fn is_pointwise(&self) -> bool {
        self.kernel == [1, 1] && self.stride == [1, 1] && self.padding.is_zero()
    }

    /// Pixels that the window covers along `axis` (0 height, 1 width): `dilation * (kernel - 1) + 1`.
    pub fn extent(&self, axis: usize) -> usize {
        self.dilation[axis] * (self.kernel[axis] - 1) + 1
    }

    /// Height and width of what the window makes of `input`: `(size + padding - extent) / stride + 1`.
    /// Rounded up, the last window must begin inside the image or its leading border (PyTorch,
    /// `aten/src/ATen/native/Pool.h`).
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where the window does not fit even once, or has a zero field.
    pub fn output(&self, input: Shape) -> Result<[usize; 2]> {
        let sizes = [input.height, input.width];
        let borders = [
            [self.padding.top, self.padding.bottom],
            [self.padding.left, self.padding.right],
        ];
        let mut output = [0; 2];
        for axis in 0..2 {
            if self.kernel[axis] == 0 || self.stride[axis] == 0 || self.dilation[axis] == 0 {
                return Err(Error::new(
                    ErrorKind::Shape,
                    format!("kernel, stride and dilation must be at least 1, found {self}"),
                ));
            }
            let padded = sizes[axis] + borders[axis][0] + borders[axis][1];
            let extent = self.extent(axis);
            let stride = self.stride[axis];
            // How far a window may stick out at the end: less than a step, so that a larger one fits too.
            let overhang = match self.rounding {
                Rounding::Floor => 0,
                Rounding::Ceil => stride - 1,
            };
            if padded + overhang < extent || sizes[axis] == 0 {
                return Err(Error::new(
                    ErrorKind::Shape,
                    format!("a window of {self} does not fit into {input}"),
                ));
            }
            let steps = (padded + overhang - extent) / stride;
            output[axis] = match self.rounding {
                Rounding::Floor => steps + 1,
                Rounding::Ceil => {
                    let begins_inside = steps * stride < sizes[axis] + borders[axis][0];
                    steps + usize::from(begins_inside)
                }
            };
        }
        Ok(output)
    }

    /// The border that makes the output `ceil(size / stride)`, the odd pixel below and to the right:
    /// TensorFlow's SAME (`tensorflow/core/framework/common_shape_fns.cc`).
    pub fn same_padding(&self, input: Shape) -> Padding {
        let total = |axis: usize, size: usize| {
            let steps = size.div_ceil(self.stride[axis]).saturating_sub(1);
            (steps * self.stride[axis] + self.extent(axis)).saturating_sub(size)
        };
        let (vertical, horizontal) = (total(0, input.height), total(1, input.width));
        Padding {
            top: vertical / 2,
            left: horizontal / 2,
            bottom: vertical - vertical / 2,
            right: horizontal - horizontal / 2,
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pair = |[a, b]: [usize; 2]| {
            if a == b {
                a.to_string()
            } else {
                format!("{a},{b}")
            }
        };
        write!(f, "{}x{}", self.kernel[0], self.kernel[1])?;
        if self.stride != [1, 1] {
            write!(f, " stride {}", pair(self.stride))?;
        }
        if self.dilation != [1, 1] {
            write!(f, " dilation {}", pair(self.dilation))?;
        }
        if !self.padding.is_zero() {
            write!(f, " padding {}", self.padding)?;
        }
        if self.rounding == Rounding::Ceil {
            write!(f, " ceil")?;
        }
        Ok(())
    }
}
