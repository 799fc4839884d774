//! Constants whose elements are those of another one in another order.

use crate::onnx::array::{Array, for_each_index, strides};

/// Returns the array with extents `dims` that has, at each index, the element of `array` at position `place(index)`.
pub fn picked(array: &Array, dims: &[usize], place: impl Fn(&[usize]) -> usize) -> Array {
    let mut places = Vec::new();
    for_each_index(dims, |index| places.push(place(index)));
    Array {
        ty: array.ty,
        dims: dims.to_vec(),
        values: array.values.picked(places.into_iter()),
    }
}

/// Returns `array` with permuted axes.
pub fn transposed(array: &Array, axes: &[usize]) -> Array {
    let own = strides(&array.dims);
    let steps: Vec<usize> = axes.iter().map(|&axis| own[axis]).collect();
    let dims: Vec<usize> = axes.iter().map(|&axis| array.dims[axis]).collect();
    picked(array, &dims, |index| {
        index
            .iter()
            .zip(&steps)
            .map(|(index, step)| index * step)
            .sum()
    })
}
