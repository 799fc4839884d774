//! Expressions that only scale and shift one of their operands.

use super::{Combination, Pointwise, Step};

/// A scale and a shift, as expressions of the other operands.
#[derive(Clone)]
pub(crate) struct Affine {
    /// `None` is 1.
    pub scale: Option<Pointwise>,
    /// `None` is 0.
    pub shift: Option<Pointwise>,
}

/// A step as a function of the operand.
#[derive(Clone)]
enum Part {
    /// It does not depend on the operand.
    Other(Pointwise),
    Affine(Affine),
}

impl Pointwise {
    /// Returns the scale and the shift of operand `index` if the expression is `scale * operand + shift`, or `None` if it is
    /// something else.
    pub(crate) fn affine_in(&self, index: usize) -> Option<Affine> {
        let mut parts: Vec<Part> = Vec::with_capacity(self.steps.len());
        for &step in self.steps.iter() {
            let part = match step {
                Step::Operand(operand) if operand == index => Part::Affine(Affine {
                    scale: None,
                    shift: None,
                }),
                Step::Operand(operand) => Part::Other(Self::operand(operand)),
                Step::Constant(number) => Part::Other(Self::constant(number.0)),
                Step::Clamp { of, low, high } => {
                    Part::Other(parts[of].other()?.clamp(low.0, high.0))
                }
                Step::Unary(function, of) => Part::Other(parts[of].other()?.unary(function)),
                Step::Binary(combination, a, b) => {
                    Part::combined(combination, &parts[a], &parts[b])?
                }
                Step::Select { .. } => return None,
            };
            parts.push(part);
        }
        match parts.pop() {
            Some(Part::Affine(affine)) => Some(affine),
            _ => None,
        }
    }
}

impl Part {
    fn other(&self) -> Option<&Pointwise> {
        match self {
            Self::Other(other) => Some(other),
            Self::Affine(_) => None,
        }
    }

    fn combined(combination: Combination, a: &Self, b: &Self) -> Option<Self> {
        let of_each = |affine: &Affine, change: &dyn Fn(&Pointwise) -> Pointwise| Affine {
            scale: Some(match &affine.scale {
                Some(scale) => change(scale),
                None => change(&Pointwise::constant(1.0)),
            }),
            shift: affine.shift.as_ref().map(change),
        };
        let affine = match (combination, a, b) {
            (_, Self::Other(a), Self::Other(b)) => {
                return Some(Self::Other(a.binary(combination, b)));
            }
            (Combination::Add, Self::Affine(affine), Self::Other(other))
            | (Combination::Add, Self::Other(other), Self::Affine(affine)) => Affine {
                scale: affine.scale.clone(),
                shift: Some(match &affine.shift {
                    Some(shift) => shift.plus(other),
                    None => other.clone(),
                }),
            },
            (Combination::Subtract, Self::Affine(affine), Self::Other(other)) => Affine {
                scale: affine.scale.clone(),
                shift: Some(match &affine.shift {
                    Some(shift) => shift.minus(other),
                    None => Pointwise::constant(0.0).minus(other),
                }),
            },
            (Combination::Multiply, Self::Affine(affine), Self::Other(other))
            | (Combination::Multiply, Self::Other(other), Self::Affine(affine)) => {
                let scale = match &affine.scale {
                    Some(scale) => scale.times(other),
                    None => other.clone(),
                };
                Affine {
                    scale: Some(scale),
                    shift: affine.shift.as_ref().map(|shift| shift.times(other)),
                }
            }
            (Combination::Divide, Self::Affine(affine), Self::Other(other)) => {
                of_each(affine, &|part| part.over(other))
            }
            _ => return None,
        };
        Some(Self::Affine(affine))
    }
}
