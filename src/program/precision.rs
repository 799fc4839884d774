//! The precision in which weights and activations are stored.

use std::fmt;
use std::str::FromStr;

use crate::kernels::Format;

/// The precision in which a device stores weights and activations. Every kernel computes in f32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Precision {
    /// 32-bit floats.
    #[default]
    F32,
    /// 16-bit floats of IEEE 754, half the memory of f32, on every adapter. Values are rounded to nearest, to 11 significant
    /// bits. A value beyond +-65504 is an error that names the layer. Statistics stay in f32, see docs/precision.md.
    F16Storage,
}

impl Precision {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::F32, Self::F16Storage];

    /// Its name, which `parse` reads.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16Storage => "f16-storage",
        }
    }

    /// The format of tensors that need no f32.
    pub(super) fn format(self) -> Format {
        match self {
            Self::F32 => Format::F32,
            Self::F16Storage => Format::F16,
        }
    }

    /// The key under which a [`Tuning`](super::Tuning) holds the fastest kernel of the layer `key`. The fastest kernel depends on
    /// the precision.
    pub fn tuning_key(self, key: &str) -> String {
        match self {
            Self::F32 => key.to_owned(),
            Self::F16Storage => format!("{self}: {key}"),
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Precision {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|own| own.name() == text);
        named.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(" or ");
            format!("expected {names}, found {text:?}")
        })
    }
}
