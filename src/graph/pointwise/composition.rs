//! Expressions of expressions.

use super::{Pointwise, Step};

impl Pointwise {
    /// Returns `next` applied to this expression: operand 0 of `next` is this expression, and its other operands
    /// follow the operands of this expression.
    pub fn then(&self, next: &Self) -> Self {
        if next.is_identity() {
            return self.clone();
        }
        let (more, result) = (self.operands().max(1) - 1, self.result());
        next.behind(self.steps.to_vec(), |all, index| match index {
            0 => result,
            index => place_of(all, Step::Operand(index.saturating_add(more))),
        })
    }

    /// Returns this expression of other ones: operand `i` becomes `operand(i)`. Equal steps become one.
    pub(crate) fn with_operands(&self, operand: impl Fn(usize) -> Self) -> Self {
        self.behind(Vec::new(), |all, index| append(all, &operand(index)))
    }

    /// Returns the steps `all` with those of this expression. `operand` returns the index of an operand, and may add steps.
    fn behind(&self, mut all: Vec<Step>, operand: impl Fn(&mut Vec<Step>, usize) -> usize) -> Self {
        let mut places = Vec::with_capacity(self.steps.len());
        for step in self.steps.iter() {
            places.push(match *step {
                Step::Operand(index) => operand(&mut all, index),
                step => place_of(&mut all, step.moved(&places)),
            });
        }
        let last = places[self.result()];
        if last + 1 < all.len() {
            all.push(all[last]);
        }
        Self::line(all)
    }

    /// Returns the same expression where operand `i` is renamed to operand `number(i)`.
    pub(crate) fn renumbered(&self, mut number: impl FnMut(usize) -> usize) -> Self {
        let steps = self.steps.iter().map(|&step| match step {
            Step::Operand(index) => Step::Operand(number(index)),
            step => step,
        });
        Self::line(steps.collect::<Vec<Step>>())
    }
}

impl Step {
    /// Returns the same step with its indices replaced: step `i` becomes step `places[i]`.
    fn moved(self, places: &[usize]) -> Self {
        match self {
            Step::Operand(_) | Step::Constant(_) => self,
            Step::Clamp { of, low, high } => Step::Clamp {
                of: places[of],
                low,
                high,
            },
            Step::Unary(function, of) => Step::Unary(function, places[of]),
            Step::Binary(combination, a, b) => Step::Binary(combination, places[a], places[b]),
            Step::Select { condition, yes, no } => Step::Select {
                condition: places[condition],
                yes: places[yes],
                no: places[no],
            },
        }
    }
}

/// Adds the steps of `other` that `line` does not have, and returns the index of its result.
pub(super) fn append(line: &mut Vec<Step>, other: &Pointwise) -> usize {
    let mut places = Vec::with_capacity(other.steps.len());
    for step in other.steps.iter() {
        places.push(place_of(line, step.moved(&places)));
    }
    places[other.result()]
}

/// Returns the index of `step` in `line`, and appends it if it is not there.
fn place_of(line: &mut Vec<Step>, step: Step) -> usize {
    match line.iter().position(|&other| other == step) {
        Some(place) => place,
        None => {
            line.push(step);
            line.len() - 1
        }
    }
}
