//! The operations: a closed set. Each has a file with its attributes, shape rule and cost.

mod activation;
mod add;
mod batch_norm;
mod concat;
mod conv2d;
mod conv_pair;
mod conv_transpose2d;
mod cost;
mod crop;
mod dropout;
mod expand;
mod flatten;
mod group_norm;
mod layer_norm;
mod linear;
mod local_response_norm;
mod mat_mul;
mod operands;
mod pad;
mod pointwise;
mod pool;
mod prelu;
mod reduce;
mod relayout;
mod reshape;
mod resize;
mod slice;
mod softmax;
mod split;
mod transpose;
pub(crate) mod winograd;

pub use activation::Activation;
pub use add::Add;
pub use batch_norm::BatchNorm;
pub use concat::Concat;
pub use conv_pair::ConvPair;
pub use conv_transpose2d::ConvTranspose2d;
pub use conv2d::Conv2d;
pub use cost::Cost;
pub use crop::Crop;
pub use dropout::Dropout;
pub use expand::Expand;
pub use flatten::Flatten;
pub use group_norm::GroupNorm;
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use local_response_norm::LocalResponseNorm;
pub use mat_mul::MatMul;
pub use pad::Pad;
pub use pool::{AdaptiveAveragePool, AveragePool, GlobalAveragePool, MaxPool};
pub use prelu::PRelu;
pub use reduce::{Reduce, Reduction};
pub use relayout::Relayout;
pub use reshape::Reshape;
pub(crate) use resize::Sampling;
pub use resize::{Interpolation, Resize};
pub use slice::{Slice, SliceAxis};
pub use softmax::Softmax;
pub use split::Split;
pub use transpose::Transpose;
pub use winograd::Winograd;

use std::fmt;

use super::pointwise::Pointwise;
use crate::error::Result;
use crate::tensor::{Shape, Strided, Type};

/// An operation of a node. The documentation of each struct lists its inputs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(
    missing_docs,
    reason = "each variant is named after the documented struct it holds"
)]
#[non_exhaustive]
pub enum Op {
    Conv2d(Conv2d),
    ConvTranspose2d(ConvTranspose2d),
    BatchNorm(BatchNorm),
    LayerNorm(LayerNorm),
    GroupNorm(GroupNorm),
    LocalResponseNorm(LocalResponseNorm),
    Activation(Activation),
    PRelu(PRelu),
    Pointwise(Pointwise),
    MaxPool(MaxPool),
    AveragePool(AveragePool),
    AdaptiveAveragePool(AdaptiveAveragePool),
    GlobalAveragePool(GlobalAveragePool),
    Concat(Concat),
    Split(Split),
    Add(Add),
    Linear(Linear),
    MatMul(MatMul),
    Reduce(Reduce),
    Softmax(Softmax),
    Pad(Pad),
    Crop(Crop),
    Resize(Resize),
    Reshape(Reshape),
    Transpose(Transpose),
    Slice(Slice),
    Expand(Expand),
    Relayout(Relayout),
    Winograd(Winograd),
    ConvPair(Box<ConvPair>),
    Flatten(Flatten),
    Dropout(Dropout),
}

impl Op {
    /// Returns the operation's name in listings.
    pub fn kind(&self) -> &'static str {
        match self {
            Op::Conv2d(_) => "conv2d",
            Op::ConvTranspose2d(_) => "conv_transpose2d",
            Op::BatchNorm(_) => "batch_norm",
            Op::LayerNorm(_) => "layer_norm",
            Op::GroupNorm(_) => "group_norm",
            Op::LocalResponseNorm(_) => "local_response_norm",
            Op::Activation(_) => "activation",
            Op::PRelu(_) => "prelu",
            Op::Pointwise(_) => "pointwise",
            Op::MaxPool(_) => "max_pool",
            Op::AveragePool(_) => "average_pool",
            Op::AdaptiveAveragePool(_) => "adaptive_average_pool",
            Op::GlobalAveragePool(_) => "global_average_pool",
            Op::Concat(_) => "concat",
            Op::Split(_) => "split",
            Op::Add(_) => "add",
            Op::Linear(_) => "linear",
            Op::MatMul(_) => "mat_mul",
            Op::Reduce(_) => "reduce",
            Op::Softmax(_) => "softmax",
            Op::Pad(_) => "pad",
            Op::Crop(_) => "crop",
            Op::Resize(_) => "resize",
            Op::Reshape(_) => "reshape",
            Op::Transpose(_) => "transpose",
            Op::Slice(_) => "slice",
            Op::Expand(_) => "expand",
            Op::Relayout(_) => "relayout",
            Op::Winograd(op) => op.kind(),
            Op::ConvPair(_) => "conv_pair",
            Op::Flatten(_) => "flatten",
            Op::Dropout(_) => "dropout",
        }
    }

    /// Returns the types of the results for inputs of these types. Optional inputs may be `None`.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if the operation does not accept inputs of these types, or an
    /// attribute is out of range.
    pub fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        match self {
            Op::Conv2d(op) => op.infer(inputs),
            Op::ConvTranspose2d(op) => op.infer(inputs),
            Op::BatchNorm(op) => op.infer(inputs),
            Op::LayerNorm(op) => op.infer(inputs),
            Op::GroupNorm(op) => op.infer(inputs),
            Op::LocalResponseNorm(op) => op.infer(inputs),
            Op::Activation(op) => op.infer(inputs),
            Op::PRelu(_) => PRelu::infer(inputs),
            Op::Pointwise(op) => op.infer(inputs),
            Op::MaxPool(op) => op.infer(inputs),
            Op::AveragePool(op) => op.infer(inputs),
            Op::AdaptiveAveragePool(op) => op.infer(inputs),
            Op::GlobalAveragePool(_) => GlobalAveragePool::infer(inputs),
            Op::Concat(_) => Concat::infer(inputs),
            Op::Split(op) => op.infer(inputs),
            Op::Add(op) => op.infer(inputs),
            Op::Linear(op) => op.infer(inputs),
            Op::MatMul(_) => MatMul::infer(inputs),
            Op::Reduce(op) => op.infer(inputs),
            Op::Softmax(_) => Softmax::infer(inputs),
            Op::Pad(op) => op.infer(inputs),
            Op::Crop(op) => op.infer(inputs),
            Op::Resize(op) => op.infer(inputs),
            Op::Reshape(op) => op.infer(inputs),
            Op::Transpose(op) => op.infer(inputs),
            Op::Slice(op) => op.infer(inputs),
            Op::Expand(op) => op.infer(inputs),
            Op::Relayout(op) => op.infer(inputs),
            Op::Winograd(op) => op.infer(inputs),
            Op::ConvPair(op) => op.infer(inputs),
            Op::Flatten(_) => Flatten::infer(inputs),
            Op::Dropout(_) => Dropout::infer(inputs),
        }
    }

    /// Returns the operation as a point-wise expression of its inputs, or `None` if it is not point-wise.
    pub fn as_pointwise(&self) -> Option<Pointwise> {
        match self {
            Op::Activation(activation) => Some(activation.expression()),
            Op::PRelu(_) => Some(PRelu::expression()),
            Op::Pointwise(expression) => Some(expression.clone()),
            Op::Add(add) => Some(add.expression()),
            _ => None,
        }
    }

    /// Returns where each value of the result comes from, if the operation only moves values along axes and the input has
    /// these `extents` and `strides`. Returns `None` for other operations. Image axes are left out.
    pub(crate) fn strided(&self, extents: &[usize], strides: &[usize]) -> Option<Strided> {
        match self {
            Op::Transpose(op) => Some(op.strided(extents, strides)),
            Op::Slice(op) => Some(op.strided(strides)),
            Op::Expand(op) => Some(op.strided(extents, strides)),
            _ => None,
        }
    }

    /// Returns whether the operation supports an expression on its result, before the result is stored
    /// ([`Node::post`](super::Node::post)).
    pub fn supports_post(&self) -> bool {
        matches!(
            self,
            Op::Conv2d(_)
                | Op::ConvTranspose2d(_)
                | Op::BatchNorm(_)
                | Op::GroupNorm(_)
                | Op::Add(_)
                | Op::Linear(_)
                | Op::Winograd(Winograd::Result { .. })
                | Op::ConvPair(_)
        )
    }

    /// Returns whether the operation supports an expression on its first input ([`Node::pre`](super::Node::pre)).
    /// Its kernels apply the expression where they load the input, so they must know the channel of each value.
    pub fn supports_pre(&self) -> bool {
        match self {
            Op::Conv2d(_) | Op::ConvPair(_) => true,
            Op::Linear(linear) => !linear.flattens,
            _ => false,
        }
    }

    /// Returns the floating-point operations for one image with these types of inputs and results.
    pub(super) fn flops(&self, inputs: &[Option<&Type>], results: &[&Type]) -> u64 {
        let (Some(output), Some(input)) = (results.first(), inputs.first().copied().flatten())
        else {
            return 0;
        };
        let maps = output.shape().unwrap_or(Shape::vector(output.count()));
        match self {
            Op::Flatten(_) | Op::Reshape(_) | Op::Transpose(_) | Op::Relayout(_) => 0,
            Op::Slice(_) | Op::Expand(_) => 0,
            Op::Concat(_) | Op::Split(_) | Op::Pad(_) | Op::Crop(_) | Op::Dropout(_) => 0,
            Op::Conv2d(op) => op.flops(inputs, maps),
            Op::ConvTranspose2d(op) => op.flops(inputs, maps),
            Op::Linear(_) => Linear::flops(inputs, output.count()),
            Op::MatMul(_) => MatMul::flops(input, output.count()),
            Op::Reduce(_) => input.count() as u64,
            Op::BatchNorm(_) => operands::product(&[2, output.count()]),
            Op::LayerNorm(_) | Op::GroupNorm(_) => LayerNorm::flops(output.count()),
            Op::LocalResponseNorm(op) => op.flops(output.count()),
            Op::Resize(op) => op.flops(maps),
            Op::Winograd(op) => op.flops(input, output),
            Op::ConvPair(op) => op.flops(inputs, maps),
            Op::MaxPool(op) => pool::flops(&op.window, maps),
            Op::AveragePool(op) => pool::flops(&op.window, maps),
            Op::AdaptiveAveragePool(op) => input.shape().map_or(0, |input| op.flops(input)),
            Op::GlobalAveragePool(_) => input.count() as u64,
            // One operation for each of maximum, subtraction, exponential, sum and division.
            Op::Softmax(_) => operands::product(&[5, output.count()]),
            Op::Activation(_) | Op::PRelu(_) | Op::Pointwise(_) | Op::Add(_) => {
                let flops = self
                    .as_pointwise()
                    .map_or(0, |expression| expression.flops());
                flops.saturating_mul(output.count() as u64)
            }
        }
    }

    /// Writes the operation with its attributes, for listings.
    pub(super) fn describe(
        &self,
        inputs: &[Option<&Type>],
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Op::Conv2d(op) => op.describe(inputs, f),
            Op::ConvTranspose2d(op) => op.describe(inputs, f),
            Op::Linear(op) => op.describe(inputs, f),
            Op::LayerNorm(op) => write!(f, " {op}"),
            Op::GroupNorm(op) => write!(f, " {op}"),
            Op::LocalResponseNorm(op) => write!(f, " {op}"),
            Op::Activation(activation) => write!(f, " {activation}"),
            Op::Pointwise(expression) => write!(f, " {expression}"),
            Op::MaxPool(op) => write!(f, " {}", op.window),
            Op::AveragePool(op) => write!(f, " {op}"),
            Op::AdaptiveAveragePool(op) => write!(f, " {op}"),
            Op::Split(op) => write!(f, " {op}"),
            Op::Add(op) => write!(f, "{op}"),
            Op::Pad(op) => write!(f, " {op}"),
            Op::Crop(op) => write!(f, " {}", op.border),
            Op::Resize(op) => write!(f, " {op}"),
            Op::Reshape(op) => write!(f, " {op}"),
            Op::Transpose(op) => write!(f, " {op}"),
            Op::Slice(op) => write!(f, " {op}"),
            Op::Expand(op) => write!(f, " {op}"),
            Op::Reduce(op) => write!(f, " {op}"),
            Op::Relayout(op) => write!(f, " {op}"),
            Op::Winograd(op) => write!(f, " {op}"),
            Op::ConvPair(op) => op.describe(inputs, f),
            Op::BatchNorm(_)
            | Op::PRelu(_)
            | Op::Concat(_)
            | Op::MatMul(_)
            | Op::GlobalAveragePool(_)
            | Op::Softmax(_)
            | Op::Flatten(_)
            | Op::Dropout(_) => Ok(()),
        }
    }
}
