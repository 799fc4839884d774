use std::fmt;
use std::ops::Range;

use super::operands::{Operands, product, refused};
use crate::error::Result;
use crate::graph::Window;
use crate::tensor::{MOST_EXTENT, Shape, Type};

/// The largest value in each window; the border never wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MaxPool {
    /// Kernel, stride, dilation and border.
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
    /// Kernel, stride, dilation and border.
    pub window: Window,
    /// Whether the border's zeros count as values. What lies beyond the border, where the output size
    /// is rounded up, never counts.
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

/// The mean of each cell of a grid laid over the image, whatever the image's size: PyTorch's
/// `AdaptiveAvgPool2d`. Cells overlap where the sizes do not divide evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AdaptiveAveragePool {
    /// Rows of cells.
    pub height: usize,
    /// Cells in a row.
    pub width: usize,
}

impl AdaptiveAveragePool {
    /// Pixels in the cell at `index` of `count` along an axis of `size` pixels: from
    /// `floor(index * size / count)` to `ceil((index + 1) * size / count)`.
    pub(crate) fn cell(index: usize, count: usize, size: usize) -> Range<usize> {
        index * size / count..((index + 1) * size).div_ceil(count)
    }

    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let input = Operands::new(inputs, 1, 1)?.image(0)?;
        let cells = [self.height, self.width];
        let sides = [input.height, input.width];
        // Cells are found by products of a cell's number and a side.
        let fits = |axis: usize| {
            let most = MOST_EXTENT / sides[axis];
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

    /// The cells along an axis have `size + count - gcd(size, count)` pixels together: neighbours share one wherever
    /// the border between them falls inside a pixel.
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

/// Floating-point operations of a window that slides: one a tap.
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
                "the border of {window} must be smaller than the window"
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
