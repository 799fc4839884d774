use super::{Operand, evaluate};
use crate::error::Result;
use crate::graph::{Op, SeparableConv2d};

/// Computes a depthwise separable convolution by its parts.
pub(super) fn separable_conv(
    op: &SeparableConv2d,
    inputs: &[Option<&Operand<'_>>],
) -> Result<Vec<Operand<'static>>> {
    let [input, depthwise_weight, depthwise_bias, parameters @ ..] = inputs else {
        return Ok(Vec::new());
    };
    let channels = input.map_or(1, |input| input.ty().extents()[0]);
    let depthwise = Op::Conv2d(op.depthwise(channels));
    let filtered = evaluate(&depthwise, &[*input, *depthwise_weight, *depthwise_bias])?;
    let between = Op::Pointwise(op.between.clone());
    let between = evaluate(&between, &[filtered.first()])?;
    let second = [between.first()].into_iter();
    let inputs: Vec<Option<&Operand<'_>>> = second.chain(parameters.iter().copied()).collect();
    evaluate(&Op::Conv2d(SeparableConv2d::of_pixels()), &inputs)
}
