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

/// The largest magnitude of `values`, which are finite; 0 if there are none.
pub(crate) fn largest_magnitude(values: &[f32]) -> f32 {
    // The bits of positive numbers have the same order. A maximum of integers is vectorised, and one of floats is not.
    let bits = values.iter().map(|value| value.abs().to_bits());
    f32::from_bits(bits.fold(0, u32::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_magnitude_is_that_of_either_sign() {
        assert_eq!(largest_magnitude(&[]), 0.0);
        assert_eq!(largest_magnitude(&[-0.0, 1e-40, -2.5, 2.0]), 2.5);
        assert_eq!(
            largest_magnitude(&[f32::MIN, 1.0, f32::MIN_POSITIVE]),
            f32::MAX
        );
    }

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
