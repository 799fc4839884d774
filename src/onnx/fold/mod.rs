//! Arithmetic on the host, for constants that exporters compute in the graph.

mod broadcast;
mod movement;
mod pointwise;

pub use broadcast::{broadcast, broadcast_dims};
pub use movement::{picked, transposed};
pub use pointwise::{binary, compared, unary};

use std::rc::Rc;

use super::array::Array;

/// Returns the input at `index`.
pub fn input(inputs: &[Option<Rc<Array>>], index: usize) -> Result<&Array, String> {
    let input = inputs.get(index).and_then(Option::as_deref);
    input.ok_or_else(|| format!("expected input {}, found none", index + 1))
}

/// Returns the integers of the input at `index`, or `None` if it is absent.
pub fn ints(inputs: &[Option<Rc<Array>>], index: usize) -> Result<Option<&[i64]>, String> {
    let Some(Some(input)) = inputs.get(index) else {
        return Ok(None);
    };
    let expected = || format!("expected input {} of integers", index + 1);
    input.as_ints().map(Some).ok_or_else(expected)
}
