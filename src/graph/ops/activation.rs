use std::fmt;

use super::operands::{Operands, refused};
use crate::error::Result;
use crate::graph::pointwise::{Combination, Function, Number, Pointwise};
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

    /// Returns the activation without attributes that equals `expression`, or `None` if there is none.
    pub(crate) fn of(expression: &Pointwise) -> Option<Self> {
        use Activation::{
            Gelu, HardSigmoid, HardSwish, Identity, Relu, Relu6, Sigmoid, Silu, Tanh,
        };
        [
            Identity,
            Relu,
            Relu6,
            Sigmoid,
            Tanh,
            Silu,
            HardSigmoid,
            HardSwish,
            Gelu,
        ]
        .into_iter()
        .find(|activation| activation.expression() == *expression)
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
            Activation::Elu { alpha } => return write!(f, "elu {alpha}"),
            Activation::LeakyRelu { slope } => return write!(f, "leaky_relu {slope}"),
        })
    }
}
