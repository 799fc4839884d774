//! Types of numbers, by the names that PyTorch gives them.

use super::{Refusal, damaged};
use crate::weights::printable;

/// A type of numbers: PyTorch's class of storages or its name of the type, the name in safetensors files, and bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    torch: &'static str,
    pub(super) name: &'static str,
    pub(super) size: u64,
}

const fn numbers(torch: &'static str, name: &'static str, size: u64) -> Numbers {
    Numbers { torch, name, size }
}

/// The types that have a class of storages.
static CLASSES: [Numbers; 16] = [
    numbers("DoubleStorage", "F64", 8),
    numbers("FloatStorage", "F32", 4),
    numbers("HalfStorage", "F16", 2),
    numbers("BFloat16Storage", "BF16", 2),
    numbers("LongStorage", "I64", 8),
    numbers("IntStorage", "I32", 4),
    numbers("ShortStorage", "I16", 2),
    numbers("CharStorage", "I8", 1),
    numbers("ByteStorage", "U8", 1),
    numbers("BoolStorage", "BOOL", 1),
    numbers("ComplexDoubleStorage", "C128", 16),
    numbers("ComplexFloatStorage", "C64", 8),
    numbers("QInt32Storage", "QINT32", 4),
    numbers("QInt8Storage", "QINT8", 1),
    numbers("QUInt8Storage", "QUINT8", 1),
    numbers("UntypedStorage", "U8", 1),
];

/// The types that have none. Their tensors are views of bytes.
static TYPES: [Numbers; 8] = [
    numbers("torch.float8_e4m3fn", "F8_E4M3", 1),
    numbers("torch.float8_e5m2", "F8_E5M2", 1),
    numbers("torch.float8_e4m3fnuz", "F8_E4M3FNUZ", 1),
    numbers("torch.float8_e5m2fnuz", "F8_E5M2FNUZ", 1),
    numbers("torch.float8_e8m0fnu", "F8_E8M0", 1),
    numbers("torch.uint16", "U16", 2),
    numbers("torch.uint32", "U32", 4),
    numbers("torch.uint64", "U64", 8),
];

/// Returns the type of numbers that PyTorch calls `name`, such as `torch.uint16`.
pub(super) fn of_type(name: &str) -> Result<&'static Numbers, Refusal> {
    let found = TYPES.iter().find(|numbers| numbers.torch == name);
    found.ok_or_else(|| {
        damaged(format!(
            "expected a type of numbers, found {}",
            printable(name)
        ))
    })
}

/// Returns the type of numbers of a class of storages, such as `torch.FloatStorage`.
pub(super) fn of_class(class: &str) -> Result<&'static Numbers, Refusal> {
    let (module, name) = class.rsplit_once('.').unwrap_or_default();
    let is_of_torch = ["torch", "torch.cuda", "torch.storage"].contains(&module);
    let found = CLASSES.iter().find(|numbers| numbers.torch == name);
    found.filter(|_| is_of_torch).ok_or_else(|| {
        damaged(format!(
            "expected a class of storages, found {}",
            printable(class)
        ))
    })
}
