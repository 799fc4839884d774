use std::fmt;

/// A function applied to each value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Activation {
    /// `x`
    #[default]
    Identity,
    /// `max(x, 0)`
    Relu,
    /// `min(max(x, 0), 6)` (Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10")
    Relu6,
}

impl Activation {
    /// The function of `x`; NaN stays NaN, as in PyTorch.
    pub fn apply(self, x: f32) -> f32 {
        match self {
            Activation::Identity => x,
            Activation::Relu if x < 0.0 => 0.0,
            Activation::Relu => x,
            Activation::Relu6 if x < 0.0 => 0.0,
            Activation::Relu6 if x > 6.0 => 6.0,
            Activation::Relu6 => x,
        }
    }

    /// How listings show it behind the operation that it is fused into.
    pub(crate) fn suffix(self) -> String {
        match self {
            Activation::Identity => String::new(),
            other => format!(" + {other}"),
        }
    }

    pub(super) fn flops(self, values: u64) -> u64 {
        match self {
            Activation::Identity => 0,
            Activation::Relu => values,
            Activation::Relu6 => 2 * values,
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Activation::Identity => "identity",
            Activation::Relu => "relu",
            Activation::Relu6 => "relu6",
        })
    }
}
