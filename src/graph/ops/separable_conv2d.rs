use std::fmt;

use super::operands::{Operands, refused};
use super::{Conv2d, conv2d};
use crate::error::Result;
use crate::graph::{Pointwise, Window};
use crate::tensor::{Shape, Type};

/// A depthwise separable convolution: `conv(between(depthwise(x) + depth_bias)) + bias`, where the second convolution has a
/// window of 1x1. Planning makes one of two convolutions where this is faster. A graph does not need it.
///
/// The inputs are `x`, the weight of the depthwise convolution `[in, 1, height, width]`, an optional bias `[in]`, the weight
/// `[out, in, 1, 1]`, and an optional bias `[out]`. The padding is zero. François Chollet, "Xception: Deep Learning with
/// Depthwise Separable Convolutions", 2016, arXiv:1610.02357.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SeparableConv2d {
    /// The window of the depthwise convolution.
    pub window: Window,
    /// Computed of each result of the depthwise convolution. It has no further operands.
    pub between: Pointwise,
}

impl SeparableConv2d {
    /// The depthwise convolution of `channels`.
    pub(crate) fn depthwise(&self, channels: usize) -> Conv2d {
        Conv2d {
            window: self.window,
            groups: channels,
        }
    }

    /// The second convolution.
    pub(crate) fn of_pixels() -> Conv2d {
        Conv2d {
            window: Window::square(1, 1),
            groups: 1,
        }
    }

    /// Returns the type of the results of the depthwise convolution.
    pub(crate) fn infer_depthwise(&self, inputs: &[Option<&Type>]) -> Result<Type> {
        let operands = Operands::new(inputs, 4, 5)?;
        let depthwise = self.depthwise(operands.image(0)?.channels);
        let results = depthwise.infer(&inputs[..3])?;
        let between = results[0];
        if self.between.operands() > 1 {
            return Err(refused(format!(
                "expected an expression of one operand, found {}",
                self.between
            )));
        }
        if between.extents()[0] != depthwise.groups {
            return Err(refused(format!(
                "expected a weight of {:?}, found one for {} channels",
                depthwise.weight_dims(depthwise.groups, depthwise.groups),
                between.extents()[0]
            )));
        }
        Ok(between)
    }

    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let between = self.infer_depthwise(inputs)?;
        Self::of_pixels().infer(&second(&between, inputs))
    }

    pub(super) fn flops(&self, inputs: &[Option<&Type>], output: Shape) -> u64 {
        let Ok(between) = self.infer_depthwise(inputs) else {
            return 0;
        };
        let maps = between.shape().unwrap_or(Shape::vector(1));
        let depthwise = self.depthwise(maps.channels).flops(&inputs[..3], maps);
        let expression = self.between.flops().saturating_mul(maps.elements() as u64);
        let second = Self::of_pixels().flops(&second(&between, inputs), output);
        depthwise.saturating_add(expression).saturating_add(second)
    }

    /// Writes `96->24 3x3 stride 2 + bias`, with the expression between the convolutions in brackets.
    pub(super) fn describe(
        &self,
        inputs: &[Option<&Type>],
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        let dims = |index: usize| inputs.get(index).copied().flatten().map(Type::dims);
        if let (Some(depthwise), Some(weight)) = (dims(1), dims(3)) {
            write!(f, " {}->{} {}", depthwise[0], weight[0], self.window)?;
        }
        if !self.between.is_identity() {
            write!(f, " [{}]", self.between)?;
        }
        conv2d::describe_bias(inputs.get(2..).unwrap_or_default(), f)
    }
}

/// The inputs of the second convolution.
fn second<'a>(between: &'a Type, inputs: &[Option<&'a Type>]) -> Vec<Option<&'a Type>> {
    let parameters = inputs[3..].iter().copied();
    [Some(between)].into_iter().chain(parameters).collect()
}
