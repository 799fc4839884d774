//! The matrices that a device's matrix units multiply.

use std::fmt;

/// The sizes of square matrices that a device's matrix units multiply, with operands in f16 and sums in f32. Shaders can use
/// no other shapes: WGSL, as naga reads it, has square matrices of 8 and of 16 rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MatrixSizes {
    has_8: bool,
    has_16: bool,
}

impl MatrixSizes {
    /// No matrix units, or none that shaders can use.
    pub const NONE: Self = Self {
        has_8: false,
        has_16: false,
    };

    /// Matrices of 8x8.
    pub const OF_8: Self = Self {
        has_8: true,
        ..Self::NONE
    };

    /// Matrices of 16x16.
    pub const OF_16: Self = Self {
        has_16: true,
        ..Self::NONE
    };

    /// These sizes and those of `other`.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            has_8: self.has_8 || other.has_8,
            has_16: self.has_16 || other.has_16,
        }
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        !self.has_8 && !self.has_16
    }

    /// Whether matrices of `size` rows and columns are among them.
    pub const fn contains(self, size: usize) -> bool {
        match size {
            8 => self.has_8,
            16 => self.has_16,
            _ => false,
        }
    }

    /// Whether all of `other` are among them.
    pub const fn contains_all(self, other: Self) -> bool {
        (self.has_8 || !other.has_8) && (self.has_16 || !other.has_16)
    }
}

/// `8x8`, `16x16`, `8x8 and 16x16`, or `none`.
impl fmt::Display for MatrixSizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.has_8, self.has_16) {
            (false, false) => "none",
            (true, false) => "8x8",
            (false, true) => "16x16",
            (true, true) => "8x8 and 16x16",
        })
    }
}
