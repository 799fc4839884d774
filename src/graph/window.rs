//! The arithmetic of sliding windows.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{EXTENT_LIMIT, Shape};

/// Padding around an image, in pixels.
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
    /// Returns the same padding on all four sides.
    pub const fn all(pixels: usize) -> Self {
        Self {
            top: pixels,
            left: pixels,
            bottom: pixels,
            right: pixels,
        }
    }

    /// Returns a padding of half of `kernel` (height, width). With an odd kernel and a stride of 1, an image keeps
    /// its size.
    pub const fn centred([height, width]: [usize; 2]) -> Self {
        Self {
            top: height / 2,
            left: width / 2,
            bottom: height / 2,
            right: width / 2,
        }
    }

    /// Returns whether there is no padding.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the sum of both paddings.
    pub fn plus(self, other: Self) -> Self {
        Self {
            top: self.top.saturating_add(other.top),
            left: self.left.saturating_add(other.left),
            bottom: self.bottom.saturating_add(other.bottom),
            right: self.right.saturating_add(other.right),
        }
    }

    /// Returns the pixels before and after the image along `axis` (0 height, 1 width).
    pub const fn along(&self, axis: usize) -> [usize; 2] {
        match axis {
            0 => [self.top, self.bottom],
            _ => [self.left, self.right],
        }
    }

    /// Checks that sums with this padding fit into the 32-bit integers of shaders.
    pub(crate) fn check(&self) -> Result<()> {
        let sides = [self.top, self.left, self.bottom, self.right];
        match sides.iter().all(|&side| side < EXTENT_LIMIT) {
            true => Ok(()),
            false => Err(Error::new(
                ErrorKind::Shape,
                format!("padding must be below 2^31 pixels, found {self}"),
            )),
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
    /// A last, incomplete window is left out.
    #[default]
    Floor,
    /// A last, incomplete window counts if it starts inside the image or its leading padding.
    Ceil,
}

/// A sliding window of a convolution or pooling. Pairs are (height, width).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// Kernel size in taps.
    pub kernel: [usize; 2],
    /// Distance between neighbouring windows, in pixels.
    pub stride: [usize; 2],
    /// Distance between neighbouring taps, in pixels.
    pub dilation: [usize; 2],
    /// Padding around the image.
    pub padding: Padding,
    /// How the output size is rounded.
    pub rounding: Rounding,
}

impl Window {
    /// Returns a square window of `kernel` by `kernel` taps with this stride and no padding.
    pub const fn square(kernel: usize, stride: usize) -> Self {
        Self {
            kernel: [kernel; 2],
            stride: [stride; 2],
            dilation: [1; 2],
            padding: Padding::all(0),
            rounding: Rounding::Floor,
        }
    }

    /// Returns the same window with a padding of `pixels` on all sides.
    pub const fn padded(mut self, pixels: usize) -> Self {
        self.padding = Padding::all(pixels);
        self
    }

    /// Returns the same window with the output size rounded up.
    pub const fn rounded_up(mut self) -> Self {
        self.rounding = Rounding::Ceil;
        self
    }

    /// Returns whether this is the window of a pointwise (1x1) convolution: one tap, stride 1, no padding.
    pub fn is_pointwise(&self) -> bool {
        self.kernel == [1, 1] && self.stride == [1, 1] && self.padding.is_zero()
    }

    /// Returns the pixels that the window covers along `axis` (0 height, 1 width): `dilation * (kernel - 1) + 1`.
    pub fn extent(&self, axis: usize) -> usize {
        self.dilation[axis] * (self.kernel[axis] - 1) + 1
    }

    /// Checks that kernel, stride and dilation are at least 1, and that sums and products of them fit into the
    /// 32-bit integers of shaders.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if they do not.
    pub fn check(&self) -> Result<()> {
        let refused = |expected: &str| {
            Err(Error::new(
                ErrorKind::Shape,
                format!("kernel, stride and dilation must be {expected}, found {self}"),
            ))
        };
        self.padding.check()?;
        for axis in 0..2 {
            let fields = [self.kernel[axis], self.stride[axis], self.dilation[axis]];
            if fields.contains(&0) {
                return refused("at least 1");
            }
            // Each field is below 2^31, so the extent does not overflow.
            if fields.iter().any(|&field| field >= EXTENT_LIMIT)
                || self.extent(axis) >= EXTENT_LIMIT
            {
                return refused("below 2^31, as the window's extent");
            }
        }
        match self.kernel[0].checked_mul(self.kernel[1]) {
            Some(taps) if taps < EXTENT_LIMIT => Ok(()),
            _ => refused("of less than 2^31 taps"),
        }
    }

    /// Returns height and width of the output for `input`: `(size + padding - extent) / stride + 1`. If rounded up,
    /// the last window must start inside the image or its leading padding (PyTorch, `aten/src/ATen/native/Pool.h`).
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the window is larger than the padded input; and the same as [`Window::check`].
    pub fn output(&self, input: Shape) -> Result<[usize; 2]> {
        self.check()?;
        let mut output = [0; 2];
        for (axis, size) in [input.height, input.width].into_iter().enumerate() {
            let [before, after] = self.padding.along(axis);
            let padded = size + before + after;
            let extent = self.extent(axis);
            let stride = self.stride[axis];
            // The last window may extend beyond the padded image by less than one stride, so a window that is
            // larger than the padded image by less than one stride fits too.
            let overhang = match self.rounding {
                Rounding::Floor => 0,
                Rounding::Ceil => stride - 1,
            };
            if padded + overhang >= EXTENT_LIMIT {
                return Err(Error::new(
                    ErrorKind::Shape,
                    format!("{input} with the padding of {self} must be below 2^31 pixels a side"),
                ));
            }
            if padded + overhang < extent || size == 0 {
                return Err(Error::new(
                    ErrorKind::Shape,
                    format!("a window of {self} does not fit into {input}"),
                ));
            }
            let steps = (padded + overhang - extent) / stride;
            output[axis] = match self.rounding {
                Rounding::Floor => steps + 1,
                Rounding::Ceil => {
                    let begins_inside = steps * stride < size + before;
                    steps + usize::from(begins_inside)
                }
            };
        }
        Ok(output)
    }

    /// Returns the padding for an output of `ceil(size / stride)`. An odd pixel goes to the bottom and to the
    /// right. This is TensorFlow's SAME (`tensorflow/core/framework/common_shape_fns.cc`).
    ///
    /// # Errors
    /// The same as [`Window::check`].
    pub fn same_padding(&self, input: Shape) -> Result<Padding> {
        self.check()?;
        let total = |axis: usize, size: usize| {
            let steps = size.div_ceil(self.stride[axis]).saturating_sub(1);
            (steps * self.stride[axis] + self.extent(axis)).saturating_sub(size)
        };
        let (vertical, horizontal) = (total(0, input.height), total(1, input.width));
        Ok(Padding {
            top: vertical / 2,
            left: horizontal / 2,
            bottom: vertical - vertical / 2,
            right: horizontal - horizontal / 2,
        })
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
