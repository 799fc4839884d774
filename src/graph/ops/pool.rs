use std::fmt;
use std::ops::Range;

use super::exactly_one;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Padding, Shape, Window};

/// The largest value in each window; the border never wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxPool {
    /// Kernel, stride, dilation and border.
    pub window: Window,
}

impl MaxPool {
    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        pooled(&self.window, inputs)
    }
}

/// The mean of each window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AveragePool {
    /// Kernel, stride, dilation and border.
    pub window: Window,
    /// Whether the border's zeros count as values. What lies beyond the border, where the output size
    /// is rounded up, never counts.
    pub count_padding: bool,
}

impl AveragePool {
    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let input = exactly_one(inputs)?;
        if self.height == 0 || self.width == 0 || input.pixels() == 0 {
            return Err(Error::new(
                ErrorKind::Shape,
                format!("a grid of {self} does not fit on {input}"),
            ));
        }
        Ok(Shape::new(input.channels, self.height, self.width))
    }

    pub(super) fn flops(&self, inputs: &[Shape]) -> u64 {
        let taps = |count: usize, size: usize| -> usize {
            let cells = (0..count).map(|index| Self::cell(index, count, size).len());
            cells.sum()
        };
        let grid = |input: &Shape| taps(self.height, input.height) * taps(self.width, input.width);
        let values: usize = inputs
            .iter()
            .map(|input| input.channels * grid(input))
            .sum();
        values as u64
    }
}

impl fmt::Display for AdaptiveAveragePool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.height, self.width)
    }
}

/// The mean of each channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GlobalAveragePool;

impl GlobalAveragePool {
    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        Ok(Shape::vector(exactly_one(inputs)?.channels))
    }
}

fn pooled(window: &Window, inputs: &[Shape]) -> Result<Shape> {
    let input = exactly_one(inputs)?;
    let Padding {
        top,
        left,
        bottom,
        right,
    } = window.padding;
    if top.max(bottom) >= window.extent(0) || left.max(right) >= window.extent(1) {
        return Err(Error::new(
            ErrorKind::Shape,
            format!("the border of {window} must be smaller than the window"),
        ));
    }
    let [height, width] = window.output(input)?;
    Ok(Shape::new(input.channels, height, width))
}
