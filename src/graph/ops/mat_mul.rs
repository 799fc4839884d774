use super::operands::{Operands, product, refused};
use crate::error::Result;
use crate::tensor::{Dims, Type};

/// Product of matrices that are both computed: `[..., M, K]` by `[..., K, N]` is `[..., M, N]`. The outer axes broadcast by
/// NumPy's rule, and each image has its own product. A product with constant weights is a [`Linear`](super::Linear) layer
/// or a convolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MatMul;

impl MatMul {
    pub(super) fn infer(inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 2, 2)?;
        let (a, b) = (operands.per_image(0)?, operands.per_image(1)?);
        let refusal = || {
            refused(format!(
                "expected matrices that can be multiplied, found {a} and {b}"
            ))
        };
        let ([outer_a @ .., rows, depth], [outer_b @ .., depth_b, columns]) =
            (a.extents(), b.extents())
        else {
            return Err(refusal());
        };
        let outer = Dims::new(outer_a)?.broadcast(&Dims::new(outer_b)?);
        match outer {
            Ok(outer) if depth == depth_b => {
                let extents = [&outer[..], &[*rows, *columns]].concat();
                Ok(vec![a.with_extents(&extents)?])
            }
            _ => Err(refusal()),
        }
    }

    /// A product and a sum for each value of the result and each of the depth.
    pub(super) fn flops(a: &Type, values: usize) -> u64 {
        let depth = a.extents().last().copied().unwrap_or(1);
        product(&[2, depth, values])
    }
}
