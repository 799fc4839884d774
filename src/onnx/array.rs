//! Tensors in host memory that are computed while a file is imported: shapes, axes, and small constants. Unlike a
//! [`HostTensor`](crate::tensor::HostTensor), they can be empty.

use std::ops::Range;

use half::{bf16, f16};

use super::data_type::DataType;

/// The most elements of a tensor that is computed while a file is imported: 256 MiB of f64.
pub const MOST_VALUES: usize = 1 << 25;

/// A tensor in host memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    pub ty: DataType,
    pub dims: Vec<usize>,
    pub values: Numbers,
}

/// The values of an [`Array`]: exact for all floats, and for all integers but the largest of uint64.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    Float(Vec<f64>),
    Int(Vec<i64>),
}

impl Numbers {
    pub fn len(&self) -> usize {
        match self {
            Numbers::Float(values) => values.len(),
            Numbers::Int(values) => values.len(),
        }
    }

    pub fn is_float(&self) -> bool {
        matches!(self, Numbers::Float(_))
    }

    /// Returns no values of the same type.
    pub fn empty(&self) -> Self {
        match self {
            Numbers::Float(_) => Numbers::Float(Vec::new()),
            Numbers::Int(_) => Numbers::Int(Vec::new()),
        }
    }

    /// Appends the values in `range` of `other`, which has the same type.
    pub fn extend(&mut self, other: &Self, range: Range<usize>) {
        match (self, other) {
            (Numbers::Float(values), Numbers::Float(other)) => {
                values.extend_from_slice(&other[range]);
            }
            (Numbers::Int(values), Numbers::Int(other)) => values.extend_from_slice(&other[range]),
            _ => {}
        }
    }

    /// Returns the values at `indices`, in their order.
    pub fn picked(&self, indices: impl Iterator<Item = usize>) -> Self {
        match self {
            Numbers::Float(values) => Numbers::Float(indices.map(|index| values[index]).collect()),
            Numbers::Int(values) => Numbers::Int(indices.map(|index| values[index]).collect()),
        }
    }
}

impl Array {
    /// Creates a tensor of integers.
    pub fn ints(ty: DataType, dims: Vec<usize>, values: Vec<i64>) -> Self {
        let values = Numbers::Int(values);
        Self { ty, dims, values }
    }

    /// Creates a tensor of floats, rounded to `ty`.
    pub fn floats(ty: DataType, dims: Vec<usize>, mut values: Vec<f64>) -> Self {
        for value in &mut values {
            *value = rounded(ty, *value);
        }
        let values = Numbers::Float(values);
        Self { ty, dims, values }
    }

    /// Creates a one-dimensional tensor of int64.
    pub fn list(values: Vec<i64>) -> Self {
        Self::ints(DataType::I64, vec![values.len()], values)
    }

    /// Returns the number of elements.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// Returns the same values with other extents. There must be as many.
    pub fn with_dims(mut self, dims: Vec<usize>) -> Self {
        self.dims = dims;
        self
    }

    /// Returns the values as integers, or `None` if they are floats.
    pub fn as_ints(&self) -> Option<&[i64]> {
        match &self.values {
            Numbers::Int(values) => Some(values),
            Numbers::Float(_) => None,
        }
    }

    /// Returns the values as floats. Integers above 2^53 are rounded.
    pub fn to_floats(&self) -> Vec<f64> {
        match &self.values {
            Numbers::Float(values) => values.clone(),
            Numbers::Int(values) => values.iter().map(|&value| value as f64).collect(),
        }
    }

    /// Returns the only value, or `None` if there is another number of values.
    pub fn scalar(&self) -> Option<f64> {
        match &self.values {
            Numbers::Float(values) => <[f64; 1]>::try_from(&values[..]).ok().map(|[value]| value),
            Numbers::Int(values) => match values[..] {
                [value] => Some(value as f64),
                _ => None,
            },
        }
    }
}

/// Rounds `value` to the precision of `ty`.
pub fn rounded(ty: DataType, value: f64) -> f64 {
    match ty {
        DataType::F32 => f64::from(value as f32),
        DataType::F16 => f64::from(f16::from_f64(value)),
        DataType::Bf16 => f64::from(bf16::from_f64(value)),
        _ => value,
    }
}

/// Returns the distance of neighbours along each axis of a tensor without gaps.
pub fn strides(dims: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; dims.len()];
    for axis in (1..dims.len()).rev() {
        strides[axis - 1] = strides[axis] * dims[axis];
    }
    strides
}

/// Returns the number of elements of a tensor with extents `dims`, or `None` if it overflows.
pub fn count(dims: &[usize]) -> Option<usize> {
    dims.iter()
        .try_fold(1_usize, |count, &extent| count.checked_mul(extent))
}

/// Calls `visit` with the indices along each axis of every element, in the order of the elements.
pub fn for_each_index(dims: &[usize], mut visit: impl FnMut(&[usize])) {
    let mut index = vec![0; dims.len()];
    for _ in 0..count(dims).unwrap_or(0) {
        visit(&index);
        for axis in (0..dims.len()).rev() {
            index[axis] += 1;
            if index[axis] < dims[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
}
