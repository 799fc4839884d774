//! Functions of each element.

use super::{broadcast, broadcast_dims};
use crate::onnx::array::{Array, Numbers};
use crate::onnx::data_type::DataType;

/// Applies a function to each element. The result is of type `ty`.
pub fn unary(array: &Array, float: impl Fn(f64) -> f64, int: impl Fn(i64) -> i64) -> Array {
    let (ty, dims) = (array.ty, array.dims.clone());
    match &array.values {
        Numbers::Float(values) => {
            let values = values.iter().map(|&value| float(value)).collect();
            Array::floats(ty, dims, values)
        }
        Numbers::Int(values) => {
            let values = values.iter().map(|&value| int(value)).collect();
            Array::ints(ty, dims, values)
        }
    }
}

/// Applies a function of two elements, with broadcasting. A function of integers may have no result.
pub fn binary(
    a: &Array,
    b: &Array,
    float: impl Fn(f64, f64) -> f64,
    int: impl Fn(i64, i64) -> Option<i64>,
) -> Result<Array, String> {
    let dims = broadcast_dims([&*a.dims, &*b.dims].into_iter())?;
    let (a, b) = (broadcast(a, &dims)?, broadcast(b, &dims)?);
    match (&a.values, &b.values) {
        (Numbers::Float(left), Numbers::Float(right)) => {
            let values = left.iter().zip(right).map(|(&a, &b)| float(a, b));
            Ok(Array::floats(a.ty, dims, values.collect()))
        }
        (Numbers::Int(left), Numbers::Int(right)) => {
            let values = left.iter().zip(right).map(|(&a, &b)| int(a, b));
            let values: Option<Vec<i64>> = values.collect();
            let values = values.ok_or("integers overflow, or are divided by 0")?;
            Ok(Array::ints(a.ty, dims, values))
        }
        _ => Err(format!(
            "expected operands of one type, found {} and {}",
            a.ty, b.ty
        )),
    }
}

/// Compares two elements, with broadcasting.
pub fn compared(
    a: &Array,
    b: &Array,
    float: impl Fn(f64, f64) -> bool,
    int: impl Fn(i64, i64) -> bool,
) -> Result<Array, String> {
    let compared = binary(
        a,
        b,
        |a, b| f64::from(u8::from(float(a, b))),
        |a, b| Some(int(a, b).into()),
    )?;
    let values = match compared.values {
        Numbers::Float(values) => values.into_iter().map(|value| value as i64).collect(),
        Numbers::Int(values) => values,
    };
    Ok(Array::ints(DataType::Bool, compared.dims, values))
}
