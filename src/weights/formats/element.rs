//! The types of numbers in weights files.

use std::borrow::Cow;
use std::fmt;

/// The type of a tensor's numbers. All of them are little-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    F64,
    F32,
    F16,
    BF16,
    /// A type that no network is computed from, with its name: integers, and floats of 8 bits.
    Other(Cow<'static, str>),
}

impl Element {
    /// Returns the type that safetensors files call `name`.
    pub(super) fn named(name: impl Into<Cow<'static, str>>) -> Self {
        let name = name.into();
        match &*name {
            "F64" => Self::F64,
            "F32" => Self::F32,
            "F16" => Self::F16,
            "BF16" => Self::BF16,
            _ => Self::Other(name),
        }
    }

    /// Returns whether the numbers are floats, so that they can be weights.
    pub(super) fn is_float(&self) -> bool {
        match self {
            Self::F64 | Self::F32 | Self::F16 | Self::BF16 => true,
            Self::Other(name) => name.starts_with('F'),
        }
    }
}

/// Writes the name that safetensors files use.
impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F64 => "F64",
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::BF16 => "BF16",
            Self::Other(name) => name,
        })
    }
}
