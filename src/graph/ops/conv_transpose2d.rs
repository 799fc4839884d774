use std::fmt;

use super::{Activation, elements, exactly_one};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{ParameterId, Shape, Window};

/// `activation(conv_transpose(x) + bias)`: every input value adds its taps, times itself, to the pixels
/// that a convolution of this window would have read to make it (Zeiler 2010, "Deconvolutional
/// networks"). The weight is `[in, out / groups, height, width]`, as PyTorch's `ConvTranspose2d` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvTranspose2d {
    /// Kernel, stride and dilation; its border is cut off the result. It has nothing to round.
    pub window: Window,
    /// Rows and columns that the result has more at its end: the convolution rounds them away.
    pub output_padding: [usize; 2],
    /// Channels of the input.
    pub in_channels: usize,
    /// Channels of the result.
    pub out_channels: usize,
    /// Blocks of channels that do not see each other.
    pub groups: usize,
    /// The taps.
    pub weight: ParameterId,
    /// Added to each output channel.
    pub bias: Option<ParameterId>,
    /// Applied last.
    pub activation: Activation,
}

impl ConvTranspose2d {
    /// Dimensions of the weight.
    pub fn weight_shape(&self) -> [usize; 4] {
        [
            self.in_channels,
            self.out_channels / self.groups.max(1),
            self.window.kernel[0],
            self.window.kernel[1],
        ]
    }

    /// `(size - 1) * stride + extent - padding + output_padding` along each axis.
    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let input = exactly_one(inputs)?;
        let refused = |message| Err(Error::new(ErrorKind::Shape, message));
        let Window {
            kernel,
            stride,
            dilation,
            padding,
            ..
        } = self.window;
        let divides = |channels: usize| self.groups > 0 && channels.is_multiple_of(self.groups);
        if !divides(self.in_channels) || !divides(self.out_channels) {
            return refused(format!(
                "{} groups must divide {} input and {} output channels",
                self.groups, self.in_channels, self.out_channels
            ));
        }
        if input.channels != self.in_channels {
            return refused(format!(
                "expected {} channels, found {}",
                self.in_channels, input.channels
            ));
        }
        let borders = [padding.top + padding.bottom, padding.left + padding.right];
        let mut output = [0; 2];
        for (axis, size) in [input.height, input.width].into_iter().enumerate() {
            if kernel[axis] == 0 || stride[axis] == 0 || dilation[axis] == 0 {
                return refused(format!(
                    "kernel, stride and dilation must be at least 1, found {}",
                    self.window
                ));
            }
            let extra = self.output_padding[axis];
            if extra >= stride[axis].max(dilation[axis]) {
                return refused(format!(
                    "the output padding must be smaller than stride or dilation, found {extra}"
                ));
            }
            let whole = size.saturating_sub(1) * stride[axis] + self.window.extent(axis) + extra;
            if size == 0 || whole <= borders[axis] {
                return refused(format!(
                    "cutting the border of {} leaves nothing of {input}",
                    self.window
                ));
            }
            output[axis] = whole - borders[axis];
        }
        Ok(Shape::new(self.out_channels, output[0], output[1]))
    }

    /// Every input value meets every tap of its channel, those that fall on the border included.
    pub(super) fn flops(&self, inputs: &[Shape], output: Shape) -> u64 {
        let pixels: usize = inputs.iter().map(Shape::pixels).sum();
        let values = output.elements() as u64;
        2 * elements(&self.weight_shape()) * pixels as u64
            + u64::from(self.bias.is_some()) * values
            + self.activation.flops(values)
    }
}

impl fmt::Display for ConvTranspose2d {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}->{} {}",
            self.in_channels, self.out_channels, self.window
        )?;
        if self.output_padding != [0, 0] {
            let [height, width] = self.output_padding;
            write!(f, " output padding {height},{width}")?;
        }
        if self.groups > 1 {
            write!(f, " groups {}", self.groups)?;
        }
        f.write_str(if self.bias.is_some() { " + bias" } else { "" })?;
        f.write_str(&self.activation.suffix())
    }
}
