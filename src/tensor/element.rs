use std::fmt;

/// The element type of a tensor. Devices support the first four; the others exist only on the host, for shape
/// arithmetic and for files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
#[non_exhaustive]
pub enum Element {
    F32,
    F16,
    I32,
    U8,
    Bool,
    I64,
    F64,
}

impl Element {
    /// Returns the bytes of one element.
    pub const fn bytes(self) -> usize {
        match self {
            Element::U8 | Element::Bool => 1,
            Element::F16 => 2,
            Element::F32 | Element::I32 => 4,
            Element::I64 | Element::F64 => 8,
        }
    }

    /// Returns whether devices support tensors of this type.
    pub const fn is_on_devices(self) -> bool {
        matches!(
            self,
            Element::F32 | Element::F16 | Element::I32 | Element::U8
        )
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Element::F32 => "f32",
            Element::F16 => "f16",
            Element::I32 => "i32",
            Element::U8 => "u8",
            Element::Bool => "bool",
            Element::I64 => "i64",
            Element::F64 => "f64",
        })
    }
}
