//! Checks of parameter values: they must be finite, and variances must have a positive square root.

use std::cmp::Ordering;

/// Number of values that are checked for infinity and NaN at once.
const BLOCK: usize = 1 << 10;

/// Returns the index of the first value that is NaN or infinite.
pub(super) fn first_not_finite(values: &[f32]) -> Option<usize> {
    // A fold without an early exit is vectorised.
    let finite = |values: &[f32]| {
        values
            .iter()
            .fold(true, |all, value| all & value.is_finite())
    };
    let block = values.chunks(BLOCK).position(|block| !finite(block))?;
    let begin = block * BLOCK;
    let mut rest = values[begin..].iter();
    let index = rest.position(|value| !value.is_finite())?;
    Some(begin + index)
}

/// Checks that the square root of each of `values` plus `number` is positive, so that a division by it is possible.
/// The first value has the index `begin`.
pub(super) fn check_root(
    values: impl Iterator<Item = f64>,
    number: f64,
    begin: usize,
) -> Result<(), String> {
    // The comparison is also false for NaN.
    let mut invalid = (begin..)
        .zip(values)
        .filter(|(_, value)| (value + number).partial_cmp(&0.0) != Some(Ordering::Greater));
    match invalid.next() {
        Some((index, found)) => Err(format!(
            "expected values above {:?}, found {found:?} at index {index}",
            -number
        )),
        None => Ok(()),
    }
}
