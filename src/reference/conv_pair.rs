use super::conv::{Operands, conv};
use super::pointwise::apply_in_place;
use super::{Operand, check_size};
use crate::error::Result;
use crate::graph::ConvPair;
use crate::tensor::{Shape, Type};

/// Writes a pair of convolutions, which are computed one after the other.
pub(super) fn conv_pair(
    op: &ConvPair,
    inputs: &[Option<&Operand<'_>>],
    output_shape: Shape,
    output: &mut [f32],
) -> Result<()> {
    let types: Vec<Option<&Type>> = inputs.iter().map(|input| input.map(Operand::ty)).collect();
    let between = op.infer_between(&types)?;
    let shape = |ty: &Type| ty.tensor_shape().unwrap_or(Shape::vector(1));
    let (input_shape, shape_between) = (types[0].map_or(output_shape, shape), shape(&between));
    let data = |index: usize| inputs.get(index).copied().flatten().map(Operand::data);
    let needed = |index: usize| data(index).unwrap_or_default();

    let images = output.len() / output_shape.elements();
    let count = images.saturating_mul(between.count());
    check_size(count)?;
    let mut filtered = vec![0.0; count];
    let of_first = Operands {
        input: needed(0),
        weight: needed(1),
        bias: data(2),
    };
    conv(
        &op.first,
        input_shape,
        &of_first,
        shape_between,
        &mut filtered,
    )?;
    apply_in_place(&op.between, &[], between.dims(), &mut filtered);
    let of_second = Operands {
        input: &filtered,
        weight: needed(3),
        bias: data(4),
    };
    conv(&op.second, shape_between, &of_second, output_shape, output)
}
