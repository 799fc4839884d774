use std::fmt;
use std::ops::Range;

use super::operands::{Operands, product, refused};
use crate::error::Result;
use crate::graph::Window;
use crate::tensor::{EXTENT_LIMIT, Shape, Type};

/// The maximum of each window. The padding is minus infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MaxPool {
    /// Kernel, stride, dilation and padding.
    pub window: Window,
}

impl MaxPool {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        pooled(&self.window, inputs)
    }
}

/// The mean of each window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AveragePool {
    /// Kernel, stride, dilation and padding.
    pub window: Window,
    /// Whether the zeros of the padding count as values. Taps beyond the padding, which exist if the output size is
    /// rounded up, never count.
    pub count_padding: bool,
}

impl AveragePool {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        pooled(&self.window, inputs)
    }
}

impl fmt::Display for AveragePool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.window)?;
        f.write_str(if self.count_padding {
            " counting padding"
        } else {
            ""
        })
    }
}

/// The mean of each cell of a grid that covers the image, for any image size: PyTorch's `AdaptiveAvgPool2d`. Cells
/// overlap if the sizes do not divide evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AdaptiveAveragePool {
    /// Rows of cells.
    pub height: usize,
    /// Columns of cells.
    pub width: usize,
}

impl AdaptiveAveragePool {
    /// Returns the pixels of cell `index` of `count` along an axis of `size` pixels: from `floor(index * size /
    /// count)` to `ceil((index + 1) * size / count)`.
    pub(crate) fn cell(index: usize, count: usize, size: usize) -> Range<usize> {
        index * size / count..((index + 1) * size).div_ceil(count)
    }

    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let input = Operands::new(inputs, 1, 1)?.image(0)?;
        let cells = [self.height, self.width];
        let sides = [input.height, input.width];
        // Kernels compute the product of a cell's index and a side in 32 bits.
        let fits = |axis: usize| {
            let most = EXTENT_LIMIT / sides[axis];
            (1..most).contains(&cells[axis])
        };
        if !fits(0) || !fits(1) {
            return Err(refused(format!("a grid of {self} does not fit on {input}")));
        }
        Ok(vec![Type::image(Shape::new(
            input.channels,
            self.height,
            self.width,
        ))?])
    }

    /// The cells along an axis have `size + count - gcd(size, count)` pixels in total: neighbouring cells share a
    /// pixel if their boundary is inside of it.
    pub(super) fn flops(&self, input: Shape) -> u64 {
        let taps = |count: usize, size: usize| (size + count - gcd(size, count)) as u64;
        let grid = taps(self.height, input.height).saturating_mul(taps(self.width, input.width));
        grid.saturating_mul(input.channels as u64)
    }
}

/// The greatest common divisor (Euclid).
fn gcd(a: usize, b: usize) -> usize {
    match b {
        0 => a,
        b => gcd(b, a % b),
    }
}

impl fmt::Display for AdaptiveAveragePool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.height, self.width)
    }
}

/// The mean of each channel, as a vector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GlobalAveragePool;

impl GlobalAveragePool {
    pub(super) fn infer(inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let shape = Operands::new(inputs, 1, 1)?.maps(0)?;
        Ok(vec![Type::vector(shape.channels)?])
    }
}

/// Returns the floating-point operations of a sliding window: one for each tap.
pub(super) fn flops(window: &Window, output: Shape) -> u64 {
    let [height, width] = window.kernel;
    product(&[height, width, output.elements()])
}

fn pooled(window: &Window, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
    let input = Operands::new(inputs, 1, 1)?.image(0)?;
    window.check()?;
    for axis in 0..2 {
        let border = window.padding.along(axis);
        if border.iter().any(|&side| side >= window.extent(axis)) {
            return Err(refused(format!(
                "the padding of {window} must be smaller than the window"
            )));
        }
    }
    let [height, width] = window.output(input)?;
    Ok(vec![Type::image(Shape::new(
        input.channels,
        height,
        width,
    ))?])
}
