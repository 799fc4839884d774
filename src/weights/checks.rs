//! Checks of parameter values: variances must have a positive square root.

use std::cmp::Ordering;

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
