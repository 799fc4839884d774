use std::fmt;

use super::operands::{Operands, product, refused};
use crate::error::Result;
use crate::graph::Window;
use crate::tensor::{Shape, Type};

/// `conv(x) + bias`. The inputs are `x`, the weight `[out, in / groups, height, width]`, and an optional bias
/// `[out]`. The padding is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Conv2d {
    /// Kernel, stride, dilation and padding.
    pub window: Window,
    /// Number of groups. The output channels of a group read only the input channels of the same group.
    pub groups: usize,
}

impl Conv2d {
    /// Returns the dimensions of the weight for these numbers of channels.
    pub fn weight_dims(&self, in_channels: usize, out_channels: usize) -> [usize; 4] {
        let [height, width] = self.window.kernel;
        [
            out_channels,
            in_channels / self.groups.max(1),
            height,
            width,
        ]
    }

    /// Returns whether this is a depthwise convolution: each channel has its own filter and reads no other channel.
    pub fn is_depthwise(&self, in_channels: usize, out_channels: usize) -> bool {
        self.groups > 1 && self.groups == in_channels && self.groups == out_channels
    }

    /// Returns whether each result reads all channels of one pixel.
    pub(crate) fn is_of_pixels(&self) -> bool {
        self.groups == 1 && self.window == Window::square(1, 1)
    }

    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 2, 3)?;
        let input = operands.image(0)?;
        let weight = operands.parameter(1, "a weight")?;
        let &[out_channels, in_each, height, width] = &weight[..] else {
            return Err(refused(format!(
                "expected a weight of 4 dimensions, found {weight}"
            )));
        };
        self.window.check()?;
        check_groups(self.groups, input.channels, out_channels)?;
        if in_each != input.channels / self.groups || [height, width] != self.window.kernel {
            return Err(refused(format!(
                "expected a weight of {:?}, found {weight}",
                self.weight_dims(input.channels, out_channels)
            )));
        }
        operands.vector(2, "a bias", out_channels)?;
        let [height, width] = self.window.output(input)?;
        Ok(vec![Type::image(Shape::new(out_channels, height, width))?])
    }

    pub(super) fn flops(&self, inputs: &[Option<&Type>], output: Shape) -> u64 {
        let weight = inputs[1].map_or(0, Type::count);
        let biases = u64::from(inputs.get(2).is_some_and(Option::is_some));
        product(&[2, weight, output.pixels()]).saturating_add(biases * output.elements() as u64)
    }

    /// Writes `64->128 3x3 stride 2 + bias`.
    pub(super) fn describe(
        &self,
        inputs: &[Option<&Type>],
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        let channels = inputs.first().copied().flatten().and_then(Type::shape);
        let weight = inputs.get(1).copied().flatten().map(Type::dims);
        if let (Some(Shape { channels, .. }), Some(weight)) = (channels, weight) {
            let out_channels = weight.first().copied().unwrap_or_default();
            write!(f, " {channels}->{out_channels} {}", self.window)?;
            if self.is_depthwise(channels, out_channels) {
                f.write_str(" depthwise")?;
            } else if self.groups > 1 {
                write!(f, " groups {}", self.groups)?;
            }
        }
        describe_bias(inputs, f)
    }
}

/// Checks that `groups` divides both numbers of channels of a convolution.
pub(super) fn check_groups(groups: usize, in_channels: usize, out_channels: usize) -> Result<()> {
    let divides = |channels: usize| groups > 0 && channels.is_multiple_of(groups);
    match divides(in_channels) && divides(out_channels) {
        true => Ok(()),
        false => Err(refused(format!(
            "{groups} groups must divide {in_channels} input and {out_channels} output channels"
        ))),
    }
}

/// Writes ` + bias` if the third input is present.
pub(super) fn describe_bias(inputs: &[Option<&Type>], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match inputs.get(2) {
        Some(Some(_)) => f.write_str(" + bias"),
        _ => Ok(()),
    }
}
