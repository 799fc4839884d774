//! NumPy's broadcasting of extents and constants.

use super::movement::picked;
use crate::onnx::array::{Array, MOST_VALUES, count, strides};

/// Returns the extents of a result of operands with extents `all`.
pub fn broadcast_dims<'a>(
    all: impl Iterator<Item = &'a [usize]> + Clone,
) -> Result<Vec<usize>, String> {
    let rank = all.clone().map(<[usize]>::len).max().unwrap_or(0);
    let mut result = vec![1; rank];
    for dims in all {
        let offset = rank - dims.len();
        for (axis, &extent) in dims.iter().enumerate() {
            let other = &mut result[offset + axis];
            match (*other, extent) {
                (a, b) if a == b => {}
                (1, extent) => *other = extent,
                (_, 1) => {}
                (a, b) => return Err(format!("extents of {a} and {b} do not broadcast")),
            }
        }
    }
    Ok(result)
}

/// Returns `array` repeated to the extents `dims`, to which it must broadcast.
pub fn broadcast(array: &Array, dims: &[usize]) -> Result<Array, String> {
    if array.dims == dims {
        return Ok(array.clone());
    }
    let together = broadcast_dims([&*array.dims, dims].into_iter())?;
    if together != dims {
        return Err(format!("{:?} does not broadcast to {dims:?}", array.dims));
    }
    if count(dims).is_none_or(|count| count > MOST_VALUES) {
        return Err(format!(
            "constants of at most {MOST_VALUES} elements are computed"
        ));
    }
    let offset = dims.len() - array.dims.len();
    let own = strides(&array.dims);
    let mut steps = vec![0; dims.len()];
    for (axis, &extent) in array.dims.iter().enumerate() {
        steps[offset + axis] = if extent == 1 { 0 } else { own[axis] };
    }
    Ok(picked(array, dims, |index| {
        index
            .iter()
            .zip(&steps)
            .map(|(index, step)| index * step)
            .sum()
    }))
}
