//! How far values may be from what is expected: a fraction of the largest magnitude.

use menagerie::Tensor;

/// The largest absolute difference over the largest magnitude that is expected, and its place; a NaN, where there is
/// one.
pub fn largest_difference<T: Copy + Into<f64>>(found: &[f32], expected: &[T]) -> (f64, usize) {
    difference_of_scale(found, expected, f64::MIN_POSITIVE)
}

/// The same over at least `scale`, for values that may all be near zero.
pub fn difference_of_scale<T: Copy + Into<f64>>(
    found: &[f32],
    expected: &[T],
    scale: f64,
) -> (f64, usize) {
    assert_eq!(found.len(), expected.len());
    let magnitudes = expected.iter().map(|&value| value.into().abs());
    let magnitude = magnitudes.fold(scale, f64::max);
    let mut worst = (0.0, 0);
    for (index, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let difference = (f64::from(found) - expected.into()).abs() / magnitude;
        // A NaN compares as nothing, so it must be asked for.
        if difference.is_nan() || difference > worst.0 {
            worst = (difference, index);
        }
        if difference.is_nan() {
            break;
        }
    }
    worst
}

/// Fails where the tensors differ in batch or shape, or a value by more than `tolerance` of the largest magnitude.
pub fn assert_near(case: &str, found: &Tensor, expected: &Tensor, tolerance: f64) {
    assert_eq!(
        (found.batch(), found.shape()),
        (expected.batch(), expected.shape()),
        "{case}"
    );
    let (difference, index) = largest_difference(found.data(), expected.data());
    assert!(
        difference <= tolerance,
        "{case}: value {index}: expected {}, found {}: {difference:.2e} of the largest magnitude",
        expected.data()[index],
        found.data()[index]
    );
}
