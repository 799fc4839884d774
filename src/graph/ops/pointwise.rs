//! The shape rule of [`Pointwise`] as an operation.

use super::operands::{Operands, described, refused};
use crate::error::Result;
use crate::graph::pointwise::{Number, Pointwise, Step};
use crate::tensor::Type;

impl Pointwise {
    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let count = self.operands();
        let operands = Operands::new(inputs, count, count)?;
        let types = (0..count).map(|index| operands.get(index, "an operand"));
        let types: Vec<&Type> = types.collect::<Result<_>>()?;
        if types.is_empty() {
            return Err(refused(format!("{self} has no operand to compute with")));
        }
        self.check_numbers()?;
        Ok(vec![broadcast(types.into_iter())?])
    }

    /// Checks that every number is finite in f32, because WGSL supports neither NaN nor infinity.
    fn check_numbers(&self) -> Result<()> {
        for step in self.steps() {
            match *step {
                Step::Constant(number) if !number.is_finite() => {
                    return Err(refused(format!(
                        "expected numbers that are finite in f32, found {number}"
                    )));
                }
                Step::Clamp { low, high, .. } => {
                    let none = [f64::NEG_INFINITY, f64::INFINITY].map(Number);
                    let sound = (low.is_finite() || low == none[0])
                        && (high.is_finite() || high == none[1]);
                    if !sound || low.0 > high.0 {
                        return Err(refused(format!(
                            "expected the bounds of a clamp in order, each finite in f32 or infinite, found {low} and {high}"
                        )));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Returns the type of a point-wise result of values of these `types`, at least one. Extents of 1 broadcast.
pub(super) fn broadcast<'a>(types: impl Iterator<Item = &'a Type> + Clone) -> Result<Type> {
    let mut all = types.clone();
    let Some(first) = all.next() else {
        return Err(refused("expected at least 1 operand, found none".into()));
    };
    let mut dims = *first.dims();
    for other in all {
        if other.element() != first.element() {
            return Err(refused(format!(
                "operands must have the same element type, found {first} and {other}"
            )));
        }
        dims = dims.broadcast(other.dims())?;
    }
    let per_image = types.clone().any(Type::is_per_image);
    for operand in types {
        // The first extent of an operand counts images only if the operand has the full rank.
        let counts = operand.is_per_image() && operand.dims().rank() < dims.rank();
        let repeats = per_image && !operand.is_per_image();
        let misaligned = repeats && operand.dims().rank() == dims.rank() && operand.dims()[0] != 1;
        if counts || misaligned {
            return Err(refused(format!(
                "the images of {} do not broadcast with the other operands",
                described(operand)
            )));
        }
    }
    match per_image {
        true => Type::per_image(first.element(), &dims[1..]),
        false => Type::shared(first.element(), &dims),
    }
}
