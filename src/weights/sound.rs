//! What a number must be to be a parameter: finite, and with a root where one is taken.

use std::cmp::Ordering;

/// Values that are looked at together for one that is not finite.
const LOOKED_AT_ONCE: usize = 1 << 10;

/// Where the first value stands that is a NaN or an infinity.
pub(super) fn first_not_finite(values: &[f32]) -> Option<usize> {
    // A fold without a way out in between is done with vectors.
    let finite = |values: &[f32]| {
        values
            .iter()
            .fold(true, |all, value| all & value.is_finite())
    };
    let block = values
        .chunks(LOOKED_AT_ONCE)
        .position(|block| !finite(block))?;
    let begin = block * LOOKED_AT_ONCE;
    let mut rest = values[begin..].iter();
    let index = rest.position(|value| !value.is_finite())?;
    Some(begin + index)
}

/// Checks that the sum of each of `values`, the first of them at index `begin`, with `number` has a root that can be
/// divided by.
pub(super) fn check_root(
    values: impl Iterator<Item = f64>,
    number: f64,
    begin: usize,
) -> Result<(), String> {
    // A NaN is not greater either.
    let mut unsound = (begin..)
        .zip(values)
        .filter(|(_, value)| (value + number).partial_cmp(&0.0) != Some(Ordering::Greater));
    match unsound.next() {
        Some((index, found)) => Err(format!(
            "expected values above {:?}, found {found:?} at index {index}",
            -number
        )),
        None => Ok(()),
    }
}
