//! Finding values that are NaN or infinite.

/// Number of values that are checked at once.
const BLOCK: usize = 1 << 10;

/// Returns the index of the first value that is NaN or infinite.
pub(crate) fn first_not_finite(values: &[f32]) -> Option<usize> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_that_is_not_finite_is_found() {
        let mut values = vec![f32::MAX; 3 * BLOCK + 5];
        assert_eq!(first_not_finite(&values), None);
        for (index, value) in [
            (3 * BLOCK + 4, f32::NAN),
            (BLOCK, f32::INFINITY),
            (0, -f32::INFINITY),
        ] {
            values[index] = value;
            assert_eq!(first_not_finite(&values), Some(index));
        }
        assert_eq!(first_not_finite(&[]), None);
    }
}
