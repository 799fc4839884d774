//! Arithmetic on one value of each operand at a time: a small straight-line language. It is what activations, sums and
//! gates are made of, by themselves or behind another operation, and what constants are computed with.

mod display;
mod epilogue;
mod evaluation;
mod function;
mod number;

pub use epilogue::Epilogue;
pub use function::{Combination, Function};
pub use number::Number;

use std::sync::{Arc, LazyLock};

/// A straight line of steps, each a number made of earlier ones; the last is the result.
///
/// Operand 0 is what the expression is of; the others are a node's further inputs, in their order.
///
/// ```
/// use menagerie::graph::{Function, Pointwise};
///
/// let x = Pointwise::operand(0);
/// let silu = x.times(&x.unary(Function::Sigmoid));
/// assert_eq!(silu.apply(&[0.0]), 0.0);
/// assert_eq!(silu.operands(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pointwise {
    steps: Arc<[Step]>,
}

/// Most nodes have it on either side: one for all.
static IDENTITY: LazyLock<Pointwise> = LazyLock::new(|| Pointwise::line([Step::Operand(0)]));

/// A step of a [`Pointwise`]; numbers in it are places of earlier steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The value of an operand.
    Operand(usize),
    /// A number.
    Constant(Number),
    /// `min(max(x, low), high)`; NaN stays NaN, infinity goes through a side without a bound.
    Clamp {
        /// The step that is clamped.
        of: usize,
        /// The least result, minus infinity for none.
        low: Number,
        /// The largest result, infinity for none.
        high: Number,
    },
    /// A function of one step.
    Unary(Function, usize),
    /// A function of two steps.
    Binary(Combination, usize, usize),
}

impl Pointwise {
    /// The value of an operand as it is.
    pub fn operand(index: usize) -> Self {
        match index {
            0 => Self::identity(),
            index => Self::line([Step::Operand(index)]),
        }
    }

    /// A number.
    pub fn constant(number: f64) -> Self {
        Self::line([Step::Constant(Number(number))])
    }

    /// Operand 0 as it is.
    pub fn identity() -> Self {
        IDENTITY.clone()
    }

    fn line(steps: impl Into<Arc<[Step]>>) -> Self {
        Self {
            steps: steps.into(),
        }
    }

    /// A function of this.
    pub fn unary(&self, function: Function) -> Self {
        self.with(Step::Unary(function, self.result()))
    }

    /// A function of this and `other`, whose operands are the same.
    pub fn binary(&self, combination: Combination, other: &Self) -> Self {
        let mut both = Vec::with_capacity(self.steps.len() + other.steps.len() + 1);
        both.extend_from_slice(&self.steps);
        let mut places = Vec::with_capacity(other.steps.len());
        for step in other.steps.iter() {
            places.push(place_of(&mut both, step.moved(&places)));
        }
        both.push(Step::Binary(
            combination,
            self.result(),
            places[other.result()],
        ));
        Self::line(both)
    }

    /// This clamped; infinity is no bound.
    pub fn clamp(&self, low: f64, high: f64) -> Self {
        self.with(Step::Clamp {
            of: self.result(),
            low: Number(low),
            high: Number(high),
        })
    }

    /// The sum of this and `other`.
    pub fn plus(&self, other: &Self) -> Self {
        self.binary(Combination::Add, other)
    }

    /// This less `other`.
    pub fn minus(&self, other: &Self) -> Self {
        self.binary(Combination::Subtract, other)
    }

    /// The product of this and `other`.
    pub fn times(&self, other: &Self) -> Self {
        self.binary(Combination::Multiply, other)
    }

    /// This over `other`.
    pub fn over(&self, other: &Self) -> Self {
        self.binary(Combination::Divide, other)
    }

    /// `next` of this: its operand 0 is this, and its others come behind the operands of this.
    pub fn then(&self, next: &Self) -> Self {
        if next.is_identity() {
            return self.clone();
        }
        let more = self.operands().max(1) - 1;
        let (mut then, result) = (self.steps.to_vec(), self.result());
        let mut places = Vec::with_capacity(next.steps.len());
        for step in next.steps.iter() {
            let place = match *step {
                Step::Operand(0) => result,
                Step::Operand(index) => {
                    place_of(&mut then, Step::Operand(index.saturating_add(more)))
                }
                step => place_of(&mut then, step.moved(&places)),
            };
            places.push(place);
        }
        let last = places[next.result()];
        if last + 1 < then.len() {
            then.push(then[last]);
        }
        Self::line(then)
    }

    /// The same of other operands: operand `i` becomes `number(i)`.
    pub(crate) fn renumbered(&self, number: impl Fn(usize) -> usize) -> Self {
        let steps = self.steps.iter().map(|&step| match step {
            Step::Operand(index) => Step::Operand(number(index)),
            step => step,
        });
        Self::line(steps.collect::<Vec<Step>>())
    }

    /// All steps, the result last.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The place of the result.
    fn result(&self) -> usize {
        self.steps.len() - 1
    }

    /// Number of operands: one more than the last that a step names.
    pub fn operands(&self) -> usize {
        let named = self.steps.iter().map(|step| match step {
            Step::Operand(index) => index.saturating_add(1),
            _ => 0,
        });
        named.max().unwrap_or(0)
    }

    /// Whether it is operand 0 as it is.
    pub fn is_identity(&self) -> bool {
        *self.steps == [Step::Operand(0)]
    }

    fn with(&self, step: Step) -> Self {
        let steps = self.steps.iter().copied();
        Self::line(steps.chain([step]).collect::<Vec<Step>>())
    }

    /// The result for these values of the operands.
    ///
    /// # Panics
    /// Where there are fewer than [`Pointwise::operands`].
    pub fn apply(&self, operands: &[f64]) -> f64 {
        let mut values = Vec::with_capacity(self.steps.len());
        for step in self.steps.iter() {
            let value = match *step {
                Step::Operand(index) => operands[index],
                Step::Constant(number) => number.0,
                Step::Clamp { of, low, high } => clamp(values[of], low.0, high.0),
                Step::Unary(function, of) => function.apply(values[of]),
                Step::Binary(combination, a, b) => combination.apply(values[a], values[b]),
            };
            values.push(value);
        }
        values[self.result()]
    }

    /// Floating-point operations for each value: one a function, one a bound.
    pub fn flops(&self) -> u64 {
        let steps = self.steps.iter().map(|step| match step {
            Step::Operand(_) | Step::Constant(_) => 0,
            Step::Clamp { low, high, .. } => {
                u64::from(low.0 > f64::NEG_INFINITY) + u64::from(high.0 < f64::INFINITY)
            }
            Step::Unary(..) | Step::Binary(..) => 1,
        });
        steps.sum()
    }
}

impl Step {
    /// The same step, made of those at `places`.
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
        }
    }
}

/// The place of `step` in `line`, where it becomes the last if it is not there yet.
fn place_of(line: &mut Vec<Step>, step: Step) -> usize {
    match line.iter().position(|&other| other == step) {
        Some(place) => place,
        None => {
            line.push(step);
            line.len() - 1
        }
    }
}

/// `min(max(x, low), high)`; NaN stays NaN.
fn clamp(x: f64, low: f64, high: f64) -> f64 {
    if x < low {
        low
    } else if x > high {
        high
    } else {
        x
    }
}
