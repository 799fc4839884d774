use std::fmt;

use super::conv2d::describe_bias;
use super::operands::{Operands, product, refused};
use crate::error::Result;
use crate::tensor::Type;

/// `weight x + bias` of a vector. The inputs are `x`, the weight `[out, in]`, and an optional bias `[out]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Linear {
    /// Whether it reads an image and flattens it first, in channel, row, column order like `Flatten`.
    pub flattens: bool,
}

impl Linear {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 2, 3)?;
        let input = operands.maps(0)?;
        let weight = operands.parameter(1, "a weight")?;
        let &[out_features, in_features] = &weight[..] else {
            return Err(refused(format!(
                "expected a weight of 2 dimensions, found {weight}"
            )));
        };
        if !self.flattens && !input.is_vector() {
            return Err(refused(format!(
                "expected a vector of {in_features}, found {input}"
            )));
        }
        if input.elements() != in_features {
            return Err(refused(format!(
                "expected {in_features} values, found {input}"
            )));
        }
        operands.vector(2, "a bias", out_features)?;
        Ok(vec![Type::vector(out_features)?])
    }

    pub(super) fn flops(inputs: &[Option<&Type>], out_features: usize) -> u64 {
        let weight = inputs[1].map_or(0, Type::count);
        let biases = u64::from(inputs.get(2).is_some_and(Option::is_some));
        product(&[2, weight]).saturating_add(biases * out_features as u64)
    }

    pub(super) fn describe(
        &self,
        inputs: &[Option<&Type>],
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        if let Some(Some(weight)) = inputs.get(1)
            && let [out_features, in_features] = weight.dims()[..]
        {
            write!(f, " {in_features}->{out_features}")?;
        }
        if let Some(shape) = inputs.first().copied().flatten().and_then(Type::shape)
            && self.flattens
        {
            write!(f, " of {shape}")?;
        }
        describe_bias(inputs, f)
    }
}
