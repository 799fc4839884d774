//! The precision in which weights and activations are stored and multiplied.

use std::fmt;
use std::str::FromStr;

use crate::kernels::Format;

/// The precision in which a device stores weights and activations, and multiplies them. Sums are f32 in all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Precision {
    /// 32-bit floats.
    #[default]
    F32,
    /// 16-bit floats of IEEE 754, half the memory of f32, on every adapter. Values are rounded to nearest, to 11 significant
    /// bits. A value beyond +-65504 is an error that names the layer. Statistics stay in f32, see docs/precision.md.
    F16Storage,
    /// As [`Precision::F16Storage`], but convolutions can be multiplied by matrix units, with operands in f16 and sums in f32.
    /// Plans use them where they are known to be worth it, or where [`tune`](crate::tune) has measured it. On a device without
    /// them, it is the same as [`Precision::F16Storage`].
    F16,
}

impl Precision {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::F32, Self::F16Storage, Self::F16];

    /// Its name, which `parse` reads.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16Storage => "f16-storage",
            Self::F16 => "f16",
        }
    }

    /// The format of tensors that need no f32.
    pub(super) fn format(self) -> Format {
        match self {
            Self::F32 => Format::F32,
            Self::F16Storage | Self::F16 => Format::F16,
        }
    }

    /// Whether kernels may round what they multiply to f16.
    pub(super) fn multiplies_f16(self) -> bool {
        self == Self::F16
    }

    /// The key under which a [`Tuning`](super::Tuning) holds the fastest kernel of the layer `key`. The fastest kernel depends on
    /// the precision.
    pub fn tuning_key(self, key: &str) -> String {
        match self {
            Self::F32 => key.to_owned(),
            Self::F16Storage | Self::F16 => format!("{self}: {key}"),
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
            let [first, second, third] = Self::ALL.map(Self::name);
            format!("expected {first}, {second} or {third}, found {text:?}")
        })
    }
}
