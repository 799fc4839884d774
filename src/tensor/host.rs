use half::f16;

use super::{Dims, Element};
use crate::error::{Error, ErrorKind, Result};

/// A tensor of any element type and extents in host memory, outermost extent first, without gaps.
///
/// ```
/// use menagerie::tensor::{Element, HostTensor};
///
/// let slopes = HostTensor::new(&[3], vec![0.25_f32, 0.5, 1.0])?;
/// assert_eq!((slopes.element(), slopes.value(1)), (Element::F32, 0.5));
/// # Ok::<(), menagerie::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct HostTensor {
    dims: Dims,
    values: Values,
}

/// The values of a [`HostTensor`].
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is named after its element")]
#[non_exhaustive]
pub enum Values {
    F32(Vec<f32>),
    F16(Vec<f16>),
    I32(Vec<i32>),
    U8(Vec<u8>),
    Bool(Vec<bool>),
    I64(Vec<i64>),
    F64(Vec<f64>),
}

impl HostTensor {
    /// Creates a tensor with these `extents` and `values`.
    ///
    /// # Errors
    /// The same as [`Dims::new`], and [`ErrorKind::Input`] if the number of values is not the product of the
    /// extents.
    pub fn new(extents: &[usize], values: impl Into<Values>) -> Result<Self> {
        let (dims, values) = (Dims::new(extents)?, values.into());
        if values.len() != dims.count() {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "a tensor of {dims} needs {} values, found {}",
                    dims.count(),
                    values.len()
                ),
            ));
        }
        Ok(Self { dims, values })
    }

    /// Returns the element type.
    pub fn element(&self) -> Element {
        self.values.element()
    }

    /// Returns the extents.
    pub fn dims(&self) -> &Dims {
        &self.dims
    }

    /// Returns the values.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Returns the value at `index` as f64. Large i64 values are rounded; all other types are exact.
    ///
    /// # Panics
    /// Panics if `index` is not below the number of values.
    pub fn value(&self, index: usize) -> f64 {
        match &self.values {
            Values::F32(values) => values[index].into(),
            Values::F16(values) => values[index].into(),
            Values::I32(values) => values[index].into(),
            Values::U8(values) => values[index].into(),
            Values::Bool(values) => values[index].into(),
            Values::I64(values) => values[index] as f64,
            Values::F64(values) => values[index],
        }
    }
}

impl HostTensor {
    /// Returns the values as f32.
    ///
    /// # Errors
    /// What was expected and found, if a value is not finite or is an integer that f32 does not have.
    pub(crate) fn to_f32(&self) -> Result<Vec<f32>, String> {
        let finite = |values: Vec<f32>| match values.iter().position(|value| !value.is_finite()) {
            Some(index) => Err(format!(
                "expected finite f32 values, found {} at index {index}",
                values[index]
            )),
            None => Ok(values),
        };
        let whole = |values: &mut dyn Iterator<Item = i64>| {
            let exact = |value: i64| {
                let is_exact = value.unsigned_abs() <= 1 << f32::MANTISSA_DIGITS;
                is_exact.then_some(value as f32).ok_or_else(|| {
                    format!("expected integers of at most 2^24, which f32 has, found {value}")
                })
            };
            values.map(exact).collect()
        };
        match &self.values {
            Values::F32(values) => finite(values.clone()),
            Values::F16(values) => finite(values.iter().map(|value| value.to_f32()).collect()),
            Values::F64(values) => finite(values.iter().map(|&value| value as f32).collect()),
            Values::U8(values) => Ok(values.iter().map(|&value| value.into()).collect()),
            Values::Bool(values) => {
                Ok(values.iter().map(|&value| u8::from(value).into()).collect())
            }
            Values::I32(values) => whole(&mut values.iter().map(|&value| value.into())),
            Values::I64(values) => whole(&mut values.iter().copied()),
        }
    }

    /// Returns the bytes of all values, little-endian.
    pub(crate) fn to_le_bytes(&self) -> Vec<u8> {
        macro_rules! bytes {
            ($values:expr) => {
                $values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect()
            };
        }
        match &self.values {
            Values::F32(values) => bytes!(values),
            Values::F16(values) => bytes!(values),
            Values::F64(values) => bytes!(values),
            Values::I32(values) => bytes!(values),
            Values::I64(values) => bytes!(values),
            Values::U8(values) => values.clone(),
            Values::Bool(values) => values.iter().map(|&value| value.into()).collect(),
        }
    }
}

impl Values {
    /// Returns the element type.
    pub fn element(&self) -> Element {
        match self {
            Values::F32(_) => Element::F32,
            Values::F16(_) => Element::F16,
            Values::I32(_) => Element::I32,
            Values::U8(_) => Element::U8,
            Values::Bool(_) => Element::Bool,
            Values::I64(_) => Element::I64,
            Values::F64(_) => Element::F64,
        }
    }

    /// Returns the number of values.
    pub fn len(&self) -> usize {
        match self {
            Values::F32(values) => values.len(),
            Values::F16(values) => values.len(),
            Values::I32(values) => values.len(),
            Values::U8(values) => values.len(),
            Values::Bool(values) => values.len(),
            Values::I64(values) => values.len(),
            Values::F64(values) => values.len(),
        }
    }

    /// Returns whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

macro_rules! from_values {
    ($($element:ident $value:ty),*) => {
        $(impl From<Vec<$value>> for Values {
            fn from(values: Vec<$value>) -> Self {
                Values::$element(values)
            }
        })*
    };
}

from_values!(F32 f32, F16 f16, I32 i32, U8 u8, Bool bool, I64 i64, F64 f64);
