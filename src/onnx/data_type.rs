//! The element types of ONNX tensors.

use std::fmt;

use crate::weights::Element;

/// An element type that is computed with or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataType {
    F32,
    F64,
    F16,
    Bf16,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    Bool,
}

/// The codes of `TensorProto.DataType`.
const CODES: [(i32, DataType, &str); 13] = [
    (1, DataType::F32, "float"),
    (2, DataType::U8, "uint8"),
    (3, DataType::I8, "int8"),
    (4, DataType::U16, "uint16"),
    (5, DataType::I16, "int16"),
    (6, DataType::I32, "int32"),
    (7, DataType::I64, "int64"),
    (9, DataType::Bool, "bool"),
    (10, DataType::F16, "float16"),
    (11, DataType::F64, "double"),
    (12, DataType::U32, "uint32"),
    (13, DataType::U64, "uint64"),
    (16, DataType::Bf16, "bfloat16"),
];

/// The names of the types that are neither read nor computed with.
const OTHERS: [(i32, &str); 10] = [
    (8, "string"),
    (14, "complex64"),
    (15, "complex128"),
    (17, "float8e4m3fn"),
    (18, "float8e4m3fnuz"),
    (19, "float8e5m2"),
    (20, "float8e5m2fnuz"),
    (21, "uint4"),
    (22, "int4"),
    (23, "float4e2m1"),
];

impl DataType {
    /// Returns the type with this code, or the name of a type that is not supported.
    pub fn of_code(code: i32) -> Result<Self, String> {
        let known = CODES.iter().find(|(other, ..)| *other == code);
        known.map(|&(_, ty, _)| ty).ok_or_else(|| {
            let other = OTHERS.iter().find(|(other, _)| *other == code);
            other.map_or_else(
                || format!("element type {code}"),
                |(_, name)| (*name).to_owned(),
            )
        })
    }

    /// Returns the type in weights files, or `None` for types that weights do not have.
    pub fn weights_element(self) -> Option<Element> {
        match self {
            DataType::F32 => Some(Element::F32),
            DataType::F64 => Some(Element::F64),
            DataType::F16 => Some(Element::F16),
            DataType::Bf16 => Some(Element::BF16),
            _ => None,
        }
    }

    /// Returns the bytes of one element.
    pub fn bytes(self) -> usize {
        match self {
            DataType::U8 | DataType::I8 | DataType::Bool => 1,
            DataType::F16 | DataType::Bf16 | DataType::U16 | DataType::I16 => 2,
            DataType::F32 | DataType::U32 | DataType::I32 => 4,
            DataType::F64 | DataType::U64 | DataType::I64 => 8,
        }
    }

    /// Returns whether the elements are floating-point numbers.
    pub fn is_float(self) -> bool {
        matches!(
            self,
            DataType::F32 | DataType::F64 | DataType::F16 | DataType::Bf16
        )
    }

    /// Returns the least and the largest value of an integer type.
    pub fn limits(self) -> Option<(i64, i64)> {
        Some(match self {
            DataType::Bool => (0, 1),
            DataType::U8 => (0, u8::MAX.into()),
            DataType::I8 => (i8::MIN.into(), i8::MAX.into()),
            DataType::U16 => (0, u16::MAX.into()),
            DataType::I16 => (i16::MIN.into(), i16::MAX.into()),
            DataType::U32 => (0, u32::MAX.into()),
            DataType::I32 => (i32::MIN.into(), i32::MAX.into()),
            DataType::U64 => (0, i64::MAX),
            DataType::I64 => (i64::MIN, i64::MAX),
            _ => return None,
        })
    }
}

/// Writes the name that ONNX uses.
impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = CODES.iter().find(|(_, ty, _)| ty == self);
        f.write_str(name.map_or("", |(.., name)| name))
    }
}
