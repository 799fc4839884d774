use std::fmt;

/// What a tensor's values are. Devices compute with the first four; the others are for the host alone: shape
/// arithmetic, and what files hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
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
    /// Bytes of one value.
    pub const fn bytes(self) -> usize {
        match self {
            Element::U8 | Element::Bool => 1,
            Element::F16 => 2,
            Element::F32 | Element::I32 => 4,
            Element::I64 | Element::F64 => 8,
        }
    }

    /// Whether tensors of it can be on a device.
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
