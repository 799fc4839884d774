use std::fmt;

use super::conv2d::{check_groups, describe_bias};
use super::operands::{Operands, product, refused};
use crate::error::Result;
use crate::graph::Window;
use crate::tensor::{EXTENT_LIMIT, Shape, Type};

/// `conv_transpose(x) + bias`. Each input value is multiplied by the taps of its filter, and the products are added
/// to the output pixels that a convolution with this window would read to compute it (Zeiler 2010, "Deconvolutional
/// networks"). The inputs are `x`, the weight `[in, out / groups, height, width]` like in PyTorch's
/// `ConvTranspose2d`, and an optional bias `[out]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConvTranspose2d {
    /// Kernel, stride and dilation. The padding is cropped from the result. The rounding must be
    /// [`Rounding::Floor`](crate::graph::Rounding::Floor).
    pub window: Window,
    /// Extra rows and columns at the end of the result, for the pixels that rounding removes in the convolution.
    pub output_padding: [usize; 2],
    /// Number of groups. The output channels of a group read only the input channels of the same group.
    pub groups: usize,
}

impl ConvTranspose2d {
    /// Returns the dimensions of the weight for these numbers of channels.
    pub fn weight_dims(&self, in_channels: usize, out_channels: usize) -> [usize; 4] {
        let [height, width] = self.window.kernel;
        [
            in_channels,
            out_channels / self.groups.max(1),
            height,
            width,
        ]
    }

    /// Infers the output size along each axis: `(size - 1) * stride + extent - padding + output_padding`.
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 2, 3)?;
        let input = operands.image(0)?;
        let weight = operands.parameter(1, "a weight")?;
        let &[in_channels, out_each, height, width] = &weight[..] else {
            return Err(refused(format!(
                "expected a weight of 4 dimensions, found {weight}"
            )));
        };
        self.window.check()?;
        let out_channels = out_each.saturating_mul(self.groups);
        check_groups(self.groups, input.channels, out_channels)?;
        if in_channels != input.channels || [height, width] != self.window.kernel {
            return Err(refused(format!(
                "expected a weight of {:?}, found {weight}",
                self.weight_dims(input.channels, out_channels)
            )));
        }
        operands.vector(2, "a bias", out_channels)?;
        let window = &self.window;
        let mut output = [0; 2];
        for (axis, size) in [input.height, input.width].into_iter().enumerate() {
            let extra = self.output_padding[axis];
            if extra >= window.stride[axis].max(window.dilation[axis]) {
                return Err(refused(format!(
                    "the output padding must be smaller than stride or dilation, found {extra}"
                )));
            }
            let border: usize = window.padding.along(axis).iter().sum();
            let whole = (size - 1) * window.stride[axis] + window.extent(axis) + extra;
            if whole >= EXTENT_LIMIT {
                return Err(refused(format!(
                    "the result must be below 2^31 pixels a side, found {whole}"
                )));
            }
            if whole <= border {
                return Err(refused(format!(
                    "cropping the padding of {window} leaves nothing of {input}"
                )));
            }
            output[axis] = whole - border;
        }
        let [height, width] = output;
        Ok(vec![Type::image(Shape::new(out_channels, height, width))?])
    }

    /// Counts a multiply-add for each input value and tap of its channel, including the products that fall on the
    /// padding.
    pub(super) fn flops(&self, inputs: &[Option<&Type>], output: Shape) -> u64 {
        let pixels = inputs[0].and_then(Type::shape).map_or(0, |x| x.pixels());
        let weight = inputs[1].map_or(0, Type::count);
        let biases = u64::from(inputs.get(2).is_some_and(Option::is_some));
        product(&[2, weight, pixels]).saturating_add(biases * output.elements() as u64)
    }

    pub(super) fn describe(
        &self,
        inputs: &[Option<&Type>],
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        if let Some(Some(weight)) = inputs.get(1)
            && let [in_channels, out_each, ..] = weight.dims()[..]
        {
            let out_channels = out_each * self.groups;
            write!(f, " {in_channels}->{out_channels} {}", self.window)?;
        }
        if self.output_padding != [0, 0] {
            let [height, width] = self.output_padding;
            write!(f, " output padding {height},{width}")?;
        }
        if self.groups > 1 {
            write!(f, " groups {}", self.groups)?;
        }
        describe_bias(inputs, f)
    }
}
