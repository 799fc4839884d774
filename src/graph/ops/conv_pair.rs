use std::fmt;

use super::Conv2d;
use super::operands::{Operands, refused};
use crate::error::Result;
use crate::graph::{Pointwise, Window};
use crate::tensor::{Shape, Type};

/// Two convolutions that are computed at once: `second(between(first(x) + first_bias)) + bias`. Planning makes one of two nodes
/// where this is faster. A graph does not need it.
///
/// The inputs are `x`, the weight of the first convolution, its optional bias, the weight of the second one, and an optional
/// bias. The padding of both is zero. A kernel computes either of
///
/// - a depthwise convolution, then one of 1x1: a depthwise separable convolution (François Chollet, "Xception: Deep Learning with
///   Depthwise Separable Convolutions", 2016, arXiv:1610.02357);
/// - a convolution of 1x1, then a depthwise one: the expansion of an inverted residual (Mark Sandler et al., "MobileNetV2:
///   Inverted Residuals and Linear Bottlenecks", 2018, arXiv:1801.04381).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConvPair {
    /// The convolution of `x`.
    pub first: Conv2d,
    /// Computed of each result of the first convolution. It has no further operands.
    pub between: Pointwise,
    /// The convolution of what is between.
    pub second: Conv2d,
}

impl ConvPair {
    /// The window of the convolution that has one of more than single pixels.
    pub(crate) fn window(&self) -> Window {
        match self.first.is_of_pixels() {
            true => self.second.window,
            false => self.first.window,
        }
    }

    /// Returns the type of the results of the first convolution.
    pub(crate) fn infer_between(&self, inputs: &[Option<&Type>]) -> Result<Type> {
        Operands::new(inputs, 4, 5)?;
        if self.between.operands() > 1 {
            return Err(refused(format!(
                "expected an expression of one operand, found {}",
                self.between
            )));
        }
        let results = self.first.infer(&inputs[..3])?;
        Ok(results[0])
    }

    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let between = self.infer_between(inputs)?;
        self.second.infer(&of_second(&between, inputs))
    }

    pub(super) fn flops(&self, inputs: &[Option<&Type>], output: Shape) -> u64 {
        let Ok(between) = self.infer_between(inputs) else {
            return 0;
        };
        let maps = between.shape().unwrap_or(Shape::vector(1));
        let first = self.first.flops(&inputs[..3], maps);
        let expression = self.between.flops().saturating_mul(maps.elements() as u64);
        let second = self.second.flops(&of_second(&between, inputs), output);
        first.saturating_add(expression).saturating_add(second)
    }

    /// Writes ` 24->144 1x1 + bias, clamp(x, 0, 6), 144->144 3x3 depthwise + bias`.
    pub(super) fn describe(
        &self,
        inputs: &[Option<&Type>],
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        let Ok(between) = self.infer_between(inputs) else {
            return Ok(());
        };
        self.first.describe(&inputs[..3], f)?;
        if !self.between.is_identity() {
            write!(f, ", {}", self.between)?;
        }
        f.write_str(",")?;
        self.second.describe(&of_second(&between, inputs), f)
    }
}

/// The inputs of the second convolution.
fn of_second<'a>(between: &'a Type, inputs: &[Option<&'a Type>]) -> Vec<Option<&'a Type>> {
    let parameters = inputs[3..].iter().copied();
    [Some(between)].into_iter().chain(parameters).collect()
}
