use std::fmt;

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
