use super::{Combination, Pointwise, Step};

/// The form that most expressions behind an operation have: `clamp(x + operand 1)`, where either may be missing. It is
/// data to a kernel, and needs no shader of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epilogue {
    /// Whether operand 1 is added.
    pub residual: bool,
    /// The least result, minus infinity for none.
    pub low: f64,
    /// The largest result, infinity for none.
    pub high: f64,
}

impl Pointwise {
    /// This as a sum and a clamp, where it is no more than that.
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

    /// What is computed of the sum, where this begins with the sum of operands 0 and 1 and reads neither of them later;
    /// else this.
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
