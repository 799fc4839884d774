use std::fmt;
use std::sync::LazyLock;

use super::operands::{Operands, refused};
use crate::error::Result;
use crate::graph::pointwise::{Combination, Function, Number, Pointwise, Sum};
use crate::tensor::Type;

/// A function applied to each value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Activation {
    /// `x`
    #[default]
    Identity,
    /// `max(x, 0)`
    Relu,
    /// `min(max(x, 0), 6)` (Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10")
    Relu6,
    /// `1 / (1 + e^-x)`
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// `x * sigmoid(x)` (Elfwing 2017, arXiv:1702.03118), also called swish
    Silu,
    /// `min(max(x + 3, 0), 6) / 6` (Howard 2019, arXiv:1905.02244)
    HardSigmoid,
    /// `x * min(max(x + 3, 0), 6) / 6` (Howard 2019, arXiv:1905.02244)
    HardSwish,
    /// `x * (1 + erf(x / sqrt(2))) / 2` (Hendrycks 2016, arXiv:1606.08415)
    Gelu,
    /// `x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2`, an approximation of [`Activation::Gelu`]
    GeluTanh,
    /// `log(1 + e^x)` (Dugas 2000, "Incorporating second-order functional knowledge for better option pricing")
    Softplus,
    /// `x * tanh(softplus(x))` (Misra 2019, arXiv:1908.08681)
    Mish,
    /// `max(x, 0) + alpha * (e^min(x, 0) - 1)` (Clevert 2015, arXiv:1511.07289)
    Elu {
        /// Minus the limit for large negative values.
        alpha: Number,
    },
    /// `max(x, 0) + slope * min(x, 0)` (Maas 2013, "Rectifier nonlinearities improve neural network acoustic models")
    LeakyRelu {
        /// The slope on the negative side.
        slope: Number,
    },
}

impl Activation {
    /// Those without attributes.
    const PLAIN: [Self; 12] = [
        Self::Identity,
        Self::Relu,
        Self::Relu6,
        Self::Sigmoid,
        Self::Tanh,
        Self::Silu,
        Self::HardSigmoid,
        Self::HardSwish,
        Self::Gelu,
        Self::GeluTanh,
        Self::Softplus,
        Self::Mish,
    ];

    /// Returns the function as an expression.
    pub fn expression(self) -> Pointwise {
        const NONE: f64 = f64::INFINITY;
        let x = Pointwise::identity();
        let number = Pointwise::constant;
        match self {
            Activation::Identity => x,
            Activation::Relu => x.clamp(0.0, NONE),
            Activation::Relu6 => x.clamp(0.0, 6.0),
            Activation::Sigmoid => x.unary(Function::Sigmoid),
            Activation::Tanh => x.unary(Function::Tanh),
            Activation::Silu => x.times(&x.unary(Function::Sigmoid)),
            Activation::HardSigmoid => x.plus(&number(3.0)).clamp(0.0, 6.0).over(&number(6.0)),
            Activation::HardSwish => {
                let gate = x.plus(&number(3.0)).clamp(0.0, 6.0);
                x.times(&gate.over(&number(6.0)))
            }
            Activation::Gelu => {
                let erf = x.times(&number(std::f64::consts::FRAC_1_SQRT_2));
                let share = number(1.0).plus(&erf.unary(Function::Erf));
                x.times(&share.times(&number(0.5)))
            }
            Activation::GeluTanh => {
                let cube = x.times(&x).times(&x);
                let inner = x.plus(&cube.times(&number(0.044715)));
                let root = number((2.0 / std::f64::consts::PI).sqrt());
                let share = inner.times(&root).unary(Function::Tanh).plus(&number(1.0));
                x.times(&share.times(&number(0.5)))
            }
            Activation::Softplus => {
                // The power of a large value would overflow.
                let small = x
                    .unary(Function::Abs)
                    .times(&number(-1.0))
                    .unary(Function::Exp);
                let rest = number(1.0).plus(&small).unary(Function::Log);
                x.clamp(0.0, NONE).plus(&rest)
            }
            Activation::Mish => {
                let softplus = Activation::Softplus.expression();
                x.times(&softplus.unary(Function::Tanh))
            }
            Activation::Elu { alpha } => {
                let below = x
                    .binary(Combination::Min, &number(0.0))
                    .unary(Function::Exp);
                let below = below.minus(&number(1.0)).times(&number(alpha.0));
                x.clamp(0.0, NONE).plus(&below)
            }
            Activation::LeakyRelu { slope } => {
                let below = x.binary(Combination::Min, &number(0.0));
                x.clamp(0.0, NONE).plus(&below.times(&number(slope.0)))
            }
        }
    }

    /// Returns the function of `x`. NaN stays NaN.
    pub fn apply(self, x: f32) -> f32 {
        match self {
            Activation::Identity => x,
            Activation::Relu if x < 0.0 => 0.0,
            Activation::Relu => x,
            other => other.expression().apply(&[x.into()]) as f32,
        }
    }

    /// Returns the activation without attributes whose expression is `expression`, or `None` if there is none.
    pub(crate) fn of(expression: &Pointwise) -> Option<Self> {
        let mut all = Self::PLAIN.into_iter();
        all.find(|activation| activation.expression() == *expression)
    }

    /// Returns the activation without attributes that `expression` is by the rules of arithmetic, with numbers that were
    /// rounded to f32, or `None` if there is none.
    pub(crate) fn equal_to(expression: &Pointwise) -> Option<Self> {
        static SUMS: LazyLock<Vec<(Sum, Activation)>> = LazyLock::new(|| {
            let x = Pointwise::identity();
            let power = x.unary(Function::Exp);
            let softplus = power.plus(&Pointwise::constant(1.0)).unary(Function::Log);
            let mish = x.times(&softplus.unary(Function::Tanh));
            let own = Activation::PLAIN.map(|activation| (activation.expression(), activation));
            let all = [(softplus, Activation::Softplus), (mish, Activation::Mish)];
            let all = all.into_iter().chain(own);
            all.filter_map(|(expression, activation)| Some((Sum::of(&expression)?, activation)))
                .collect()
        });
        let sum = Sum::of(expression)?;
        let mut found = SUMS.iter().filter(|(other, _)| sum.is_equal(other));
        found.next().map(|&(_, activation)| activation)
    }

    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let input = *Operands::new(inputs, 1, 1)?.get(0, "an input")?;
        let (what, number) = match *self {
            Activation::Elu { alpha } => ("an alpha", alpha),
            Activation::LeakyRelu { slope } => ("a slope", slope),
            _ => return Ok(vec![input]),
        };
        match number.is_finite() {
            true => Ok(vec![input]),
            false => Err(refused(format!(
                "expected {what} that is finite in f32, found {number}"
            ))),
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Activation::Identity => "identity",
            Activation::Relu => "relu",
            Activation::Relu6 => "relu6",
            Activation::Sigmoid => "sigmoid",
            Activation::Tanh => "tanh",
            Activation::Silu => "silu",
            Activation::HardSigmoid => "hard_sigmoid",
            Activation::HardSwish => "hard_swish",
            Activation::Gelu => "gelu",
            Activation::GeluTanh => "gelu_tanh",
            Activation::Softplus => "softplus",
            Activation::Mish => "mish",
            Activation::Elu { alpha } => return write!(f, "elu {alpha}"),
            Activation::LeakyRelu { slope } => return write!(f, "leaky_relu {slope}"),
        })
    }
}
