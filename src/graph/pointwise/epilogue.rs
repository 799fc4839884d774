use super::{Combination, Pointwise, Step};

/// The form of most expressions after an operation: `clamp(x + operand 1)`, where the sum or the clamp may be
/// missing. A kernel takes it as uniform data and needs no shader variant for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epilogue {
    /// Whether operand 1 is added.
    pub residual: bool,
    /// The lower bound, or minus infinity.
    pub low: f64,
    /// The upper bound, or infinity.
    pub high: f64,
}

impl Pointwise {
    /// Returns the expression as a sum and a clamp, or `None` if it computes anything else.
    pub fn as_epilogue(&self) -> Option<Epilogue> {
        let (steps, low, high) = match self.steps() {
            [steps @ .., Step::Clamp { of, low, high }] if *of + 1 == steps.len() => {
                (steps, low.0, high.0)
            }
            steps => (steps, f64::NEG_INFINITY, f64::INFINITY),
        };
        let residual = match steps {
            [Step::Operand(0)] => false,
            [
                Step::Operand(0),
                Step::Operand(1),
                Step::Binary(Combination::Add, 0, 1),
            ] => true,
            _ => return None,
        };
        Some(Epilogue {
            residual,
            low,
            high,
        })
    }

    /// Returns the expression without the sum, if it has the form `clamp(x + operand 1)`. Otherwise returns the
    /// whole expression.
    pub(crate) fn without_residual(&self) -> Self {
        match self.as_epilogue() {
            Some(Epilogue {
                residual: true,
                low,
                high,
            }) => match low == f64::NEG_INFINITY && high == f64::INFINITY {
                true => Self::identity(),
                false => Self::identity().clamp(low, high),
            },
            _ => self.clone(),
        }
    }
}
