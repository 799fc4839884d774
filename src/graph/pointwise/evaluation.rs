//! An expression of many values at once.

use super::{Combination, Pointwise, Step, clamp};

/// Evaluates an expression for stretches of values, with memory for its steps that is used again.
pub(crate) struct Evaluation<'a> {
    expression: &'a Pointwise,
    steps: Vec<Vec<f64>>,
}

impl Pointwise {
    /// An evaluation of this.
    pub(crate) fn evaluation(&self) -> Evaluation<'_> {
        Evaluation {
            expression: self,
            steps: vec![Vec::new(); self.steps.len()],
        }
    }
}

impl Evaluation<'_> {
    /// Writes the results to `target`, where `operand` gives the values of an operand: as many, or one for all. A step
    /// that is one number for all is computed once.
    pub(crate) fn write<'a>(&mut self, operand: impl Fn(usize) -> &'a [f64], target: &mut [f64]) {
        for (place, step) in self.expression.steps.iter().enumerate() {
            let (before, rest) = self.steps.split_at_mut(place);
            let values = &mut rest[0];
            values.clear();
            match *step {
                Step::Operand(index) => values.extend_from_slice(operand(index)),
                Step::Constant(number) => values.push(number.0),
                Step::Clamp { of, low, high } => {
                    let clamped = before[of].iter().map(|&value| clamp(value, low.0, high.0));
                    values.extend(clamped);
                }
                Step::Unary(function, of) => {
                    values.extend(before[of].iter().map(|&value| function.apply(value)));
                }
                Step::Binary(combination, a, b) => {
                    combine(combination, &before[a], &before[b], values);
                }
            }
        }
        match self.steps.last().map(Vec::as_slice) {
            Some(&[same]) => target.fill(same),
            Some(values) => target.copy_from_slice(values),
            None => {}
        }
    }
}

/// `a` and `b` combined, of which either may be one number.
fn combine(combination: Combination, a: &[f64], b: &[f64], values: &mut Vec<f64>) {
    match (a, b) {
        (&[a], b) => values.extend(b.iter().map(|&b| combination.apply(a, b))),
        // What every folded weight is: a filter times its scale.
        (a, &[b]) if combination == Combination::Multiply => {
            values.extend(a.iter().map(|&a| a * b));
        }
        (a, &[b]) => values.extend(a.iter().map(|&a| combination.apply(a, b))),
        (a, b) => values.extend(a.iter().zip(b).map(|(&a, &b)| combination.apply(a, b))),
    }
}
