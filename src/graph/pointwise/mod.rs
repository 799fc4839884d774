//! Point-wise expressions: arithmetic on one value of each operand at a time. Activations, sums and gates are such
//! expressions, either as nodes or before and after another operation. Constants are computed with them too.

mod affine;
mod composition;
mod display;
mod epilogue;
mod evaluation;
mod function;
mod number;
mod sum;

pub use epilogue::Epilogue;
pub use function::{Combination, Function};
pub use number::Number;
pub(crate) use sum::Sum;

use std::sync::{Arc, LazyLock};

use composition::append;

/// A list of steps. Each step computes a number from earlier ones, and the last is the result.
///
/// Operand 0 is the value that the expression is applied to; the others are further inputs of the node, in their
/// order.
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

/// Shared, because most nodes have the identity before and after the operation.
static IDENTITY: LazyLock<Pointwise> = LazyLock::new(|| Pointwise::line([Step::Operand(0)]));

/// A step of a [`Pointwise`]. Indices refer to earlier steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// The value of an operand.
    Operand(usize),
    /// A number.
    Constant(Number),
    /// `min(max(x, low), high)`. NaN stays NaN; infinity passes if there is no bound on its side.
    Clamp {
        /// The step that is clamped.
        of: usize,
        /// The lower bound, or minus infinity.
        low: Number,
        /// The upper bound, or infinity.
        high: Number,
    },
    /// A function of one step.
    Unary(Function, usize),
    /// A function of two steps.
    Binary(Combination, usize, usize),
    /// One of two steps.
    Select {
        /// The step that decides.
        condition: usize,
        /// The result where the condition is not 0.
        yes: usize,
        /// The result where the condition is 0.
        no: usize,
    },
}

impl Pointwise {
    /// Returns the expression that is operand `index`.
    pub fn operand(index: usize) -> Self {
        match index {
            0 => Self::identity(),
            index => Self::line([Step::Operand(index)]),
        }
    }

    /// Returns the expression that is a number.
    pub fn constant(number: f64) -> Self {
        Self::line([Step::Constant(Number(number))])
    }

    /// Returns the expression that is operand 0.
    pub fn identity() -> Self {
        IDENTITY.clone()
    }

    fn line(steps: impl Into<Arc<[Step]>>) -> Self {
        Self {
            steps: steps.into(),
        }
    }

    /// Returns `function` of this expression.
    pub fn unary(&self, function: Function) -> Self {
        self.with(Step::Unary(function, self.result()))
    }

    /// Returns `combination` of this expression and `other`. Both have the same operands.
    pub fn binary(&self, combination: Combination, other: &Self) -> Self {
        let mut both = Vec::with_capacity(self.steps.len() + other.steps.len() + 1);
        both.extend_from_slice(&self.steps);
        let other = append(&mut both, other);
        both.push(Step::Binary(combination, self.result(), other));
        Self::line(both)
    }

    /// Returns `yes` where this expression is not 0, and `no` where it is. All have the same operands.
    pub fn select(&self, yes: &Self, no: &Self) -> Self {
        let mut all = self.steps.to_vec();
        let condition = self.result();
        let (yes, no) = (append(&mut all, yes), append(&mut all, no));
        all.push(Step::Select { condition, yes, no });
        Self::line(all)
    }

    /// Returns this expression clamped. An infinite bound is no bound.
    pub fn clamp(&self, low: f64, high: f64) -> Self {
        self.with(Step::Clamp {
            of: self.result(),
            low: Number(low),
            high: Number(high),
        })
    }

    /// Returns `self + other`.
    pub fn plus(&self, other: &Self) -> Self {
        self.binary(Combination::Add, other)
    }

    /// Returns `self - other`.
    pub fn minus(&self, other: &Self) -> Self {
        self.binary(Combination::Subtract, other)
    }

    /// Returns `self * other`.
    pub fn times(&self, other: &Self) -> Self {
        self.binary(Combination::Multiply, other)
    }

    /// Returns `self / other`.
    pub fn over(&self, other: &Self) -> Self {
        self.binary(Combination::Divide, other)
    }

    /// Returns all steps; the last one is the result.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns the index of the result.
    fn result(&self) -> usize {
        self.steps.len() - 1
    }

    /// Returns the number of operands: the highest operand index that a step reads, plus 1.
    pub fn operands(&self) -> usize {
        let named = self.steps.iter().map(|step| match step {
            Step::Operand(index) => index.saturating_add(1),
            _ => 0,
        });
        named.max().unwrap_or(0)
    }

    /// Returns whether this is operand 0 itself.
    pub fn is_identity(&self) -> bool {
        *self.steps == [Step::Operand(0)]
    }

    fn with(&self, step: Step) -> Self {
        let steps = self.steps.iter().copied();
        Self::line(steps.chain([step]).collect::<Vec<Step>>())
    }

    /// Returns the result for these values of the operands.
    ///
    /// # Panics
    /// Panics if there are fewer than [`Pointwise::operands`].
    pub fn apply(&self, operands: &[f64]) -> f64 {
        let mut values = Vec::with_capacity(self.steps.len());
        for step in self.steps.iter() {
            let value = match *step {
                Step::Operand(index) => operands[index],
                Step::Constant(number) => number.0,
                Step::Clamp { of, low, high } => clamp(values[of], low.0, high.0),
                Step::Unary(function, of) => function.apply(values[of]),
                Step::Binary(combination, a, b) => combination.apply(values[a], values[b]),
                Step::Select { condition, yes, no } => {
                    select(values[condition], values[yes], values[no])
                }
            };
            values.push(value);
        }
        values[self.result()]
    }

    /// Returns the floating-point operations for each value. A function counts as one, and so does each bound of a
    /// clamp.
    pub fn flops(&self) -> u64 {
        let steps = self.steps.iter().map(|step| match step {
            Step::Operand(_) | Step::Constant(_) => 0,
            Step::Clamp { low, high, .. } => {
                u64::from(low.0 > f64::NEG_INFINITY) + u64::from(high.0 < f64::INFINITY)
            }
            Step::Unary(..) | Step::Binary(..) | Step::Select { .. } => 1,
        });
        steps.sum()
    }
}

/// `yes` if `condition` is not 0. If it is NaN, the result is NaN.
fn select(condition: f64, yes: f64, no: f64) -> f64 {
    if condition.is_nan() {
        f64::NAN
    } else if condition != 0.0 {
        yes
    } else {
        no
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
