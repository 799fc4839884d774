use std::fmt;

use super::{Activation, elements, wrong_count};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{ParameterId, Shape, Window};

/// `activation(conv(x) + bias + residual)`. The weight is `[out, in / groups, height, width]`; the
/// border counts as zero. A second input, where there is one, is the residual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv2d {
    /// Kernel, stride, dilation and border.
    pub window: Window,
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

impl Conv2d {
    /// Whether each channel is filtered by itself.
    pub fn is_depthwise(&self) -> bool {
        self.groups > 1 && self.groups == self.in_channels && self.groups == self.out_channels
    }

    /// Dimensions of the weight.
    pub fn weight_shape(&self) -> [usize; 4] {
        [
            self.out_channels,
            self.in_channels / self.groups,
            self.window.kernel[0],
            self.window.kernel[1],
        ]
    }

    pub(super) fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let (input, residual) = match inputs {
            [input] => (input, None),
            [input, residual] => (input, Some(residual)),
            _ => return Err(wrong_count("1 input and at most 1 residual", inputs.len())),
        };
        let divides = |channels: usize| self.groups > 0 && channels.is_multiple_of(self.groups);
        if !divides(self.in_channels) || !divides(self.out_channels) {
            return Err(Error::new(
                ErrorKind::Shape,
                format!(
                    "{} groups must divide {} input and {} output channels",
                    self.groups, self.in_channels, self.out_channels
                ),
            ));
        }
        if input.channels != self.in_channels {
            return Err(Error::new(
                ErrorKind::Shape,
                format!(
                    "expected {} channels, found {}",
                    self.in_channels, input.channels
                ),
            ));
        }
        let [height, width] = self.window.output(*input)?;
        let shape = Shape::new(self.out_channels, height, width);
        match residual {
            Some(residual) if *residual != shape => Err(Error::new(
                ErrorKind::Shape,
                format!("the residual must be {shape}, found {residual}"),
            )),
            _ => Ok(shape),
        }
    }

    pub(super) fn flops(&self, inputs: &[Shape], output: Shape) -> u64 {
        let values = output.elements() as u64;
        let multiply_adds = elements(&self.weight_shape()) * output.pixels() as u64;
        let additions = u64::from(self.bias.is_some()) + u64::from(inputs.len() == 2);
        2 * multiply_adds + additions * values + self.activation.flops(values)
    }
}

impl fmt::Display for Conv2d {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}->{} {}",
            self.in_channels, self.out_channels, self.window
        )?;
        if self.is_depthwise() {
            f.write_str(" depthwise")?;
        } else if self.groups > 1 {
            write!(f, " groups {}", self.groups)?;
        }
        f.write_str(if self.bias.is_some() { " + bias" } else { "" })?;
        f.write_str(&self.activation.suffix())
    }
}
