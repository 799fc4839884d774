//! Numbers of little-endian bytes.

use half::{bf16, f16};

use super::array::Numbers;
use super::data_type::DataType;

/// Returns the numbers of type `ty` in `bytes`.
pub fn numbers(ty: DataType, bytes: &[u8]) -> Numbers {
    match ty {
        DataType::F32 => floats(bytes, |bytes| f32::from_le_bytes(bytes).into()),
        DataType::F64 => floats(bytes, f64::from_le_bytes),
        DataType::F16 => floats(bytes, |bytes| f16::from_le_bytes(bytes).into()),
        DataType::Bf16 => floats(bytes, |bytes| bf16::from_le_bytes(bytes).into()),
        DataType::U8 => ints(bytes, |bytes| u8::from_le_bytes(bytes).into()),
        DataType::I8 => ints(bytes, |bytes| i8::from_le_bytes(bytes).into()),
        DataType::U16 => ints(bytes, |bytes| u16::from_le_bytes(bytes).into()),
        DataType::I16 => ints(bytes, |bytes| i16::from_le_bytes(bytes).into()),
        DataType::U32 => ints(bytes, |bytes| u32::from_le_bytes(bytes).into()),
        DataType::I32 => ints(bytes, |bytes| i32::from_le_bytes(bytes).into()),
        DataType::U64 | DataType::I64 => ints(bytes, i64::from_le_bytes),
        DataType::Bool => ints(bytes, |[byte]: [u8; 1]| i64::from(byte != 0)),
    }
}

fn floats<const N: usize>(bytes: &[u8], decode: impl Fn([u8; N]) -> f64) -> Numbers {
    let (chunks, _) = bytes.as_chunks();
    Numbers::Float(chunks.iter().map(|&chunk| decode(chunk)).collect())
}

fn ints<const N: usize>(bytes: &[u8], decode: impl Fn([u8; N]) -> i64) -> Numbers {
    let (chunks, _) = bytes.as_chunks();
    Numbers::Int(chunks.iter().map(|&chunk| decode(chunk)).collect())
}
