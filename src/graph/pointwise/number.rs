use std::fmt;
use std::hash::{Hash, Hasher};

/// A number of an expression or an attribute. Two numbers are equal if their bits are equal, so that types with
/// numbers can be compared and hashed.
#[derive(Clone, Copy)]
pub struct Number(pub f64);

impl Number {
    /// Returns whether the number is finite in f32, the type that devices compute with.
    pub(crate) fn is_finite(self) -> bool {
        (self.0 as f32).is_finite()
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl From<f64> for Number {
    fn from(number: f64) -> Self {
        Self(number)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Writes few digits, for small and large numbers too: `0.001`, `1e-9`.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.abs();
        match size == 0.0 || (1e-5..1e16).contains(&size) || !size.is_finite() {
            true => fmt::Display::fmt(&self.0, f),
            false => fmt::LowerExp::fmt(&self.0, f),
        }
    }
}
