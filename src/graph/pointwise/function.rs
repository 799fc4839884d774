//! The unary and binary functions of expressions.

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Function {
    /// `|x|`
    Abs,
    /// `e^x`
    Exp,
    /// The square root.
    Sqrt,
    /// The hyperbolic tangent.
    Tanh,
    /// The error function.
    Erf,
    /// `1 / (1 + e^-x)`
    Sigmoid,
}

/// A function of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
#[non_exhaustive]
pub enum Combination {
    Add,
    Subtract,
    Multiply,
    Divide,
    Max,
    Min,
}

impl Function {
    /// Returns the function of `x`.
    pub fn apply(self, x: f64) -> f64 {
        match self {
            Function::Abs => x.abs(),
            Function::Exp => x.exp(),
            Function::Sqrt => x.sqrt(),
            Function::Tanh => x.tanh(),
            Function::Erf => libm::erf(x),
            Function::Sigmoid => 1.0 / (1.0 + (-x).exp()),
        }
    }
}

impl Combination {
    /// Returns the function of `a` and `b`. If either is NaN, the result is NaN.
    pub fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Combination::Add => a + b,
            Combination::Subtract => a - b,
            Combination::Multiply => a * b,
            Combination::Divide => a / b,
            Combination::Max if a.is_nan() || b.is_nan() => f64::NAN,
            Combination::Max => a.max(b),
            Combination::Min if a.is_nan() || b.is_nan() => f64::NAN,
            Combination::Min => a.min(b),
        }
    }
}
