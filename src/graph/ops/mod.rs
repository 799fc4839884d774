//! The operations: a closed set, each in its own file with its attributes, shape rule and cost.

mod activation;
mod add;
mod batch_norm;
mod concat;
mod conv2d;
mod conv_transpose2d;
mod crop;
mod dropout;
mod flatten;
mod linear;
mod local_response_norm;
mod pad;
mod pool;
mod resize;
mod softmax;

pub use activation::Activation;
pub use add::Add;
pub use batch_norm::BatchNorm;
pub use concat::Concat;
pub use conv_transpose2d::ConvTranspose2d;
pub use conv2d::Conv2d;
pub use crop::Crop;
pub use dropout::Dropout;
pub use flatten::Flatten;
pub use linear::Linear;
pub use local_response_norm::LocalResponseNorm;
pub use pad::Pad;
pub use pool::{AdaptiveAveragePool, AveragePool, GlobalAveragePool, MaxPool};
pub(crate) use resize::Sampling;
pub use resize::{Interpolation, Resize};
pub use softmax::Softmax;

use std::fmt;

use super::{ParameterId, Shape};
use crate::error::{Error, ErrorKind, Result};

/// What a node computes.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    missing_docs,
    reason = "each variant is named after the documented struct it holds"
)]
pub enum Op {
    /// The network's input.
    Input,
    Conv2d(Conv2d),
    ConvTranspose2d(ConvTranspose2d),
    BatchNorm(BatchNorm),
    LocalResponseNorm(LocalResponseNorm),
    Activation(Activation),
    MaxPool(MaxPool),
    AveragePool(AveragePool),
    AdaptiveAveragePool(AdaptiveAveragePool),
    GlobalAveragePool(GlobalAveragePool),
    Concat(Concat),
    Add(Add),
    Linear(Linear),
    Softmax(Softmax),
    Pad(Pad),
    Crop(Crop),
    Resize(Resize),
    Flatten(Flatten),
    Dropout(Dropout),
}

/// What an operation takes.
///
/// Counted is the operation, not how a kernel does it: what a kernel reads twice counts once, and taps that
/// fall on a border count as if they did not. A multiply-add is two operations; a sum or a mean of `n` values
/// is `n`, as is the largest of them; a batch normalisation is a multiply-add, an activation a comparison for
/// each bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Floating-point operations.
    pub flops: u64,
    /// Bytes of inputs and result, where every value is f32 and moves once.
    pub activation_bytes: u64,
    /// Bytes of the parameters, where every value is f32 and is read once.
    pub parameter_bytes: u64,
}

impl Cost {
    /// Bytes read and written.
    pub fn bytes(&self) -> u64 {
        self.activation_bytes + self.parameter_bytes
    }

    /// What `images` at once take, given what one takes: all of them share the parameters.
    pub fn of_batch(&self, images: usize) -> Self {
        Self {
            flops: self.flops * images as u64,
            activation_bytes: self.activation_bytes * images as u64,
            parameter_bytes: self.parameter_bytes,
        }
    }
}

impl Op {
    /// The operation's name in listings.
    pub fn kind(&self) -> &'static str {
        match self {
            Op::Input => "input",
            Op::Conv2d(_) => "conv2d",
            Op::ConvTranspose2d(_) => "conv_transpose2d",
            Op::BatchNorm(_) => "batch_norm",
            Op::LocalResponseNorm(_) => "local_response_norm",
            Op::Activation(_) => "activation",
            Op::MaxPool(_) => "max_pool",
            Op::AveragePool(_) => "average_pool",
            Op::AdaptiveAveragePool(_) => "adaptive_average_pool",
            Op::GlobalAveragePool(_) => "global_average_pool",
            Op::Concat(_) => "concat",
            Op::Add(_) => "add",
            Op::Linear(_) => "linear",
            Op::Softmax(_) => "softmax",
            Op::Pad(_) => "pad",
            Op::Crop(_) => "crop",
            Op::Resize(_) => "resize",
            Op::Flatten(_) => "flatten",
            Op::Dropout(_) => "dropout",
        }
    }

    /// Shape of the result for inputs of these shapes.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where the operation cannot take them.
    pub fn shape(&self, inputs: &[Shape]) -> Result<Shape> {
        match self {
            Op::Input => Err(Error::new(
                ErrorKind::Shape,
                "a graph has one input node, its first",
            )),
            Op::Conv2d(op) => op.shape(inputs),
            Op::ConvTranspose2d(op) => op.shape(inputs),
            Op::BatchNorm(op) => op.shape(inputs),
            Op::LocalResponseNorm(op) => op.shape(inputs),
            Op::Activation(_) => exactly_one(inputs),
            Op::MaxPool(op) => op.shape(inputs),
            Op::AveragePool(op) => op.shape(inputs),
            Op::AdaptiveAveragePool(op) => op.shape(inputs),
            Op::GlobalAveragePool(op) => op.shape(inputs),
            Op::Concat(op) => op.shape(inputs),
            Op::Add(op) => op.shape(inputs),
            Op::Linear(op) => op.shape(inputs),
            Op::Softmax(op) => op.shape(inputs),
            Op::Pad(op) => op.shape(inputs),
            Op::Crop(op) => op.shape(inputs),
            Op::Resize(op) => op.shape(inputs),
            Op::Flatten(op) => op.shape(inputs),
            Op::Dropout(op) => op.shape(inputs),
        }
    }

    /// The parameters that the operation reads.
    pub fn parameters(&self) -> Vec<ParameterId> {
        let shapes = self.parameter_shapes().into_iter();
        shapes.map(|(id, _)| id).collect()
    }

    /// The parameters that the operation reads, with the shapes that it needs them in.
    pub(crate) fn parameter_shapes(&self) -> Vec<(ParameterId, Vec<usize>)> {
        let mut shapes = match self {
            Op::Conv2d(op) => vec![(op.weight, op.weight_shape().to_vec())],
            Op::ConvTranspose2d(op) => vec![(op.weight, op.weight_shape().to_vec())],
            Op::Linear(op) => vec![(op.weight, vec![op.out_features, op.in_features])],
            Op::BatchNorm(op) => op.parameters.ids().map(|id| (id, vec![op.channels])).into(),
            _ => Vec::new(),
        };
        let bias = match self {
            Op::Conv2d(op) => op.bias.map(|id| (id, vec![op.out_channels])),
            Op::ConvTranspose2d(op) => op.bias.map(|id| (id, vec![op.out_channels])),
            Op::Linear(op) => op.bias.map(|id| (id, vec![op.out_features])),
            _ => None,
        };
        shapes.extend(bias);
        shapes
    }

    /// The activation that the operation applies to its result, where it can apply one.
    pub fn activation(&self) -> Option<Activation> {
        match self {
            Op::Conv2d(op) => Some(op.activation),
            Op::ConvTranspose2d(op) => Some(op.activation),
            Op::BatchNorm(op) => Some(op.activation),
            Op::Add(op) => Some(op.activation),
            Op::Linear(op) => Some(op.activation),
            _ => None,
        }
    }

    /// As [`Op::activation`], to change it.
    pub fn activation_mut(&mut self) -> Option<&mut Activation> {
        match self {
            Op::Conv2d(op) => Some(&mut op.activation),
            Op::ConvTranspose2d(op) => Some(&mut op.activation),
            Op::BatchNorm(op) => Some(&mut op.activation),
            Op::Add(op) => Some(&mut op.activation),
            Op::Linear(op) => Some(&mut op.activation),
            _ => None,
        }
    }

    /// Cost for one image, given the shapes that the operation reads and writes.
    pub(crate) fn cost(&self, inputs: &[Shape], output: Shape) -> Cost {
        let out = output.elements() as u64;
        let read: u64 = inputs.iter().map(|shape| shape.elements() as u64).sum();
        let flops = match self {
            Op::Input | Op::Flatten(_) | Op::Dropout(_) | Op::Pad(_) | Op::Concat(_) => 0,
            Op::Crop(_) => 0,
            Op::Conv2d(op) => op.flops(inputs, output),
            Op::ConvTranspose2d(op) => op.flops(inputs, output),
            Op::Linear(op) => op.flops(),
            Op::BatchNorm(op) => 2 * out + op.activation.flops(out),
            Op::LocalResponseNorm(op) => op.flops(out),
            Op::Resize(op) => op.flops(output),
            Op::Activation(activation) => activation.flops(out),
            Op::MaxPool(op) => (op.window.kernel[0] * op.window.kernel[1]) as u64 * out,
            Op::AveragePool(op) => (op.window.kernel[0] * op.window.kernel[1]) as u64 * out,
            Op::AdaptiveAveragePool(op) => op.flops(inputs),
            Op::GlobalAveragePool(_) => read,
            Op::Add(op) => op.flops(out),
            // Maximum, subtraction, exponential, sum and division, one each.
            Op::Softmax(_) => 5 * out,
        };
        let shapes = self.parameter_shapes();
        let parameters = shapes.iter().map(|(_, shape)| elements(shape)).sum::<u64>();
        Cost {
            flops,
            activation_bytes: size_of::<f32>() as u64 * (read + out),
            parameter_bytes: size_of::<f32>() as u64 * parameters,
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Op::Conv2d(op) => write!(f, " {op}"),
            Op::ConvTranspose2d(op) => write!(f, " {op}"),
            Op::BatchNorm(op) => write!(f, "{}", op.activation.suffix()),
            Op::LocalResponseNorm(op) => write!(f, " {op}"),
            Op::Activation(activation) => write!(f, " {activation}"),
            Op::MaxPool(op) => write!(f, " {}", op.window),
            Op::AveragePool(op) => write!(f, " {op}"),
            Op::AdaptiveAveragePool(op) => write!(f, " {op}"),
            Op::Concat(op) => f.write_str(if op.in_place { " in place" } else { "" }),
            Op::Add(op) => write!(f, "{op}"),
            Op::Linear(op) => write!(f, " {op}"),
            Op::Pad(op) => write!(f, " {}", op.padding),
            Op::Crop(op) => write!(f, " {}", op.border),
            Op::Resize(op) => write!(f, " {op}"),
            Op::Input
            | Op::GlobalAveragePool(_)
            | Op::Softmax(_)
            | Op::Flatten(_)
            | Op::Dropout(_) => Ok(()),
        }
    }
}

/// Number of values of a parameter.
fn elements(shape: &[usize]) -> u64 {
    shape.iter().product::<usize>() as u64
}

/// The shape of the only input.
fn exactly_one(inputs: &[Shape]) -> Result<Shape> {
    match inputs {
        [input] => Ok(*input),
        _ => Err(wrong_count("1 input", inputs.len())),
    }
}

fn wrong_count(expected: &str, found: usize) -> Error {
    Error::new(
        ErrorKind::Shape,
        format!("expected {expected}, found {found}"),
    )
}
