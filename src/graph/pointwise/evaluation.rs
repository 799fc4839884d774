//! Evaluation of an expression for many values at once.

use super::{Combination, Pointwise, Step, clamp, select};

/// Evaluates an expression for blocks of values, and reuses the memory of its steps.
pub(crate) struct Evaluation<'a> {
    expression: &'a Pointwise,
    /// The values of each step for the last block. Empty for an operand, which other steps read directly.
    results: Vec<Vec<f64>>,
}

impl Pointwise {
    /// Creates an evaluation of this expression.
    pub(crate) fn evaluation(&self) -> Evaluation<'_> {
        Evaluation {
            expression: self,
            results: vec![Vec::new(); self.steps.len()],
        }
    }
}

impl Evaluation<'_> {
    /// Writes the results to `target`. `operand` returns the values of an operand: as many as `target` has, or one
    /// for all. A step whose inputs are all single numbers is computed once.
    pub(crate) fn write<'a>(&mut self, operand: impl Fn(usize) -> &'a [f64], target: &mut [f64]) {
        let steps = &self.expression.steps;
        for (place, step) in steps.iter().enumerate() {
            let (before, rest) = self.results.split_at_mut(place);
            let read = Read {
                steps,
                before,
                operand: &operand,
            };
            let length = read.length(step);
            if place + 1 < steps.len() {
                rest[0].resize(length, 0.0);
                read.compute(step, &mut rest[0]);
            } else if length == target.len() {
                read.compute(step, target);
            } else {
                let mut same = [0.0];
                read.compute(step, &mut same);
                target.fill(same[0]);
            }
        }
    }
}

/// The values that a step can read.
struct Read<'r, F> {
    steps: &'r [Step],
    before: &'r [Vec<f64>],
    operand: &'r F,
}

impl<'r, 'a: 'r, F: Fn(usize) -> &'a [f64]> Read<'r, F> {
    /// Returns the values of step `place`.
    fn of(&self, place: usize) -> &'r [f64] {
        match self.steps[place] {
            Step::Operand(index) => (self.operand)(index),
            _ => &self.before[place],
        }
    }

    /// Returns the number of values that `step` computes, or 0 for an operand that other steps read directly.
    fn length(&self, step: &Step) -> usize {
        match *step {
            Step::Operand(index) if self.before.len() + 1 == self.steps.len() => {
                (self.operand)(index).len()
            }
            Step::Operand(_) => 0,
            Step::Constant(_) => 1,
            Step::Clamp { of, .. } | Step::Unary(_, of) => self.of(of).len(),
            Step::Binary(_, a, b) => self.of(a).len().max(self.of(b).len()),
            Step::Select { condition, yes, no } => {
                let branches = self.of(yes).len().max(self.of(no).len());
                branches.max(self.of(condition).len())
            }
        }
    }

    /// Computes `step` into `values`, which has the length of its result.
    fn compute(&self, step: &Step, values: &mut [f64]) {
        match *step {
            Step::Operand(_) if values.is_empty() => {}
            Step::Operand(index) => values.copy_from_slice((self.operand)(index)),
            Step::Constant(number) => values.fill(number.0),
            Step::Clamp { of, low, high } => {
                for (value, &of) in values.iter_mut().zip(self.of(of)) {
                    *value = clamp(of, low.0, high.0);
                }
            }
            Step::Unary(function, of) => {
                for (value, &of) in values.iter_mut().zip(self.of(of)) {
                    *value = function.apply(of);
                }
            }
            Step::Binary(combination, a, b) => {
                combine(combination, self.of(a), self.of(b), values);
            }
            Step::Select { condition, yes, no } => {
                let parts = [condition, yes, no].map(|place| self.of(place));
                for (index, value) in values.iter_mut().enumerate() {
                    let [condition, yes, no] = parts.map(|part| part[index.min(part.len() - 1)]);
                    *value = select(condition, yes, no);
                }
            }
        }
    }
}

/// Combines `a` and `b` element by element; either may be a single number.
fn combine(combination: Combination, a: &[f64], b: &[f64], values: &mut [f64]) {
    match (a, b) {
        (&[a], b) => {
            for (value, &b) in values.iter_mut().zip(b) {
                *value = combination.apply(a, b);
            }
        }
        // The common case of folded weights: a filter times its scale.
        (a, &[b]) if combination == Combination::Multiply => {
            for (value, &a) in values.iter_mut().zip(a) {
                *value = a * b;
            }
        }
        (a, &[b]) => {
            for (value, &a) in values.iter_mut().zip(a) {
                *value = combination.apply(a, b);
            }
        }
        (a, b) => {
            for (value, (&a, &b)) in values.iter_mut().zip(a.iter().zip(b)) {
                *value = combination.apply(a, b);
            }
        }
    }
}
