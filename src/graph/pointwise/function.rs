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
    /// The natural logarithm.
    Log,
    /// The largest integer that is not above x.
    Floor,
    /// The smallest integer that is not below x.
    Ceil,
    /// The nearest integer, the even one of two.
    Round,
    /// 1, 0 or -1, the sign of x.
    Sign,
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
    /// `a^b`. NaN for a negative `a`, unless `b` is an integer.
    Power,
    /// 1 if `a < b`, otherwise 0.
    Less,
    /// 1 if `a = b`, otherwise 0.
    Equal,
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
            Function::Log => x.ln(),
            Function::Floor => x.floor(),
            Function::Ceil => x.ceil(),
            Function::Round => x.round_ties_even(),
            // `signum` of 0 is 1.
            Function::Sign if x == 0.0 => 0.0,
            Function::Sign => x.signum(),
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
            Combination::Power if a.is_nan() || b.is_nan() => f64::NAN,
            Combination::Power => a.powf(b),
            Combination::Less if a.is_nan() || b.is_nan() => f64::NAN,
            Combination::Less => f64::from(a < b),
            Combination::Equal if a.is_nan() || b.is_nan() => f64::NAN,
            Combination::Equal => f64::from(a == b),
        }
    }
}
