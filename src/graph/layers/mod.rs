//! The layers that networks are written with: one method for each. All have the errors of
//! [`Graph::add`](super::Graph::add): [`ErrorKind::Shape`](crate::ErrorKind::Shape) if a layer does not accept its
//! inputs.

mod conv;
mod maps;

pub use conv::Conv;

use super::{
    Activation, AdaptiveAveragePool, Add, AveragePool, BatchNorm, Concat, Dropout, Expand, Flatten,
    GlobalAveragePool, Linear, MatMul, MaxPool, Number, Op, PRelu, Pad, Padding, Pointwise, Reduce,
    Reduction, Reshape, Scope, Slice, SliceAxis, Softmax, Split, Transpose, ValueId, Window,
};
use crate::error::Result;
use crate::tensor::Dims;

impl Scope<'_> {
    /// Adds the batch normalisation `name`, with parameters `weight`, `bias`, `running_mean` and `running_var`.
    pub fn batch_norm(&self, name: &str, x: ValueId, epsilon: f64) -> Result<ValueId> {
        let layer = self.at(name);
        let channels = [self.shape(x)?.channels];
        let inputs = vec![
            Some(x),
            Some(layer.parameter("weight", &channels)?),
            Some(layer.parameter("bias", &channels)?),
            Some(layer.statistic("running_mean", &channels)?),
            Some(layer.statistic("running_var", &channels)?),
        ];
        let op = BatchNorm {
            epsilon: Number(epsilon),
        };
        self.add_one(name, Op::BatchNorm(op), inputs)
    }

    /// Adds the fully connected layer `name` on a vector, with parameters `weight` and `bias`.
    pub fn linear(&self, name: &str, x: ValueId, out_features: usize) -> Result<ValueId> {
        let layer = self.at(name);
        let in_features = self.shape(x)?.channels;
        let weight = layer.parameter("weight", &[out_features, in_features])?;
        let bias = layer.parameter("bias", &[out_features])?;
        let inputs = vec![Some(x), Some(weight), Some(bias)];
        self.add_one(name, Op::Linear(Linear::default()), inputs)
    }

    /// Applies an activation to each value.
    pub fn activation(&self, name: &str, x: ValueId, function: Activation) -> Result<ValueId> {
        self.add_one(name, Op::Activation(function), vec![Some(x)])
    }

    /// Applies `max(x, 0)`.
    pub fn relu(&self, name: &str, x: ValueId) -> Result<ValueId> {
        self.activation(name, x, Activation::Relu)
    }

    /// Applies `min(max(x, 0), 6)`.
    pub fn relu6(&self, name: &str, x: ValueId) -> Result<ValueId> {
        self.activation(name, x, Activation::Relu6)
    }

    /// Applies `max(x, 0) + slope * min(x, 0)` with a slope for each channel, the parameter `weight`.
    pub fn prelu(&self, name: &str, x: ValueId) -> Result<ValueId> {
        let (layer, input) = (self.at(name), self.ty(x)?);
        let channels = self.shape(x)?.channels;
        let slope = layer.parameter("weight", &[channels])?;
        let slope = match input.dims().rank() {
            2 => slope,
            _ => {
                let dims = Dims::new(&[channels, 1, 1])?;
                layer.add_one("slope", Op::Reshape(Reshape { dims }), vec![Some(slope)])?
            }
        };
        self.add_one(name, Op::PRelu(PRelu), vec![Some(x), Some(slope)])
    }

    /// Applies a point-wise expression to `operands`. Extents of 1 broadcast.
    pub fn pointwise(
        &self,
        name: &str,
        expression: Pointwise,
        operands: &[ValueId],
    ) -> Result<ValueId> {
        let operands = operands.iter().copied().map(Some).collect();
        self.add_one(name, Op::Pointwise(expression), operands)
    }

    /// Computes `a * b`, such as a gate. Extents of 1 broadcast.
    pub fn multiply(&self, name: &str, a: ValueId, b: ValueId) -> Result<ValueId> {
        let product = Pointwise::operand(0).times(&Pointwise::operand(1));
        self.pointwise(name, product, &[a, b])
    }

    /// Computes `a + b`. Both must have the same type.
    pub fn add(&self, name: &str, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.add_scaled(name, a, b, 1.0)
    }

    /// Computes `a + scale * b`. Both must have the same type.
    pub fn add_scaled(&self, name: &str, a: ValueId, b: ValueId, scale: f64) -> Result<ValueId> {
        let op = Add {
            scale: Number(scale),
        };
        self.add_one(name, Op::Add(op), vec![Some(a), Some(b)])
    }

    /// Computes the maximum of each window.
    pub fn max_pool(&self, name: &str, x: ValueId, window: Window) -> Result<ValueId> {
        self.add_one(name, Op::MaxPool(MaxPool { window }), vec![Some(x)])
    }

    /// Computes the mean of each window. `count_padding` says whether the zeros of the padding count as values.
    pub fn average_pool(
        &self,
        name: &str,
        x: ValueId,
        window: Window,
        count_padding: bool,
    ) -> Result<ValueId> {
        let op = AveragePool {
            window,
            count_padding,
        };
        self.add_one(name, Op::AveragePool(op), vec![Some(x)])
    }

    /// Computes the mean of each cell of a `size` by `size` grid.
    pub fn adaptive_average_pool(&self, name: &str, x: ValueId, size: usize) -> Result<ValueId> {
        let op = AdaptiveAveragePool {
            height: size,
            width: size,
        };
        self.add_one(name, Op::AdaptiveAveragePool(op), vec![Some(x)])
    }

    /// Computes the mean of each channel, as a vector.
    pub fn global_average_pool(&self, name: &str, x: ValueId) -> Result<ValueId> {
        self.add_one(
            name,
            Op::GlobalAveragePool(GlobalAveragePool),
            vec![Some(x)],
        )
    }

    /// Adds a padding of zeros.
    pub fn pad(&self, name: &str, x: ValueId, padding: Padding) -> Result<ValueId> {
        self.add_one(name, Op::Pad(Pad::zeros(padding)), vec![Some(x)])
    }

    /// Concatenates `inputs` along the channel axis.
    pub fn concat(&self, name: &str, inputs: &[ValueId]) -> Result<ValueId> {
        let inputs = inputs.iter().copied().map(Some).collect();
        self.add_one(name, Op::Concat(Concat), inputs)
    }

    /// Splits `x` along the channel axis into parts with these numbers of channels.
    pub fn split(&self, name: &str, x: ValueId, channels: &[usize]) -> Result<Vec<ValueId>> {
        let op = Split {
            channels: channels.to_vec(),
        };
        self.add_op(name, Op::Split(op), vec![Some(x)])
    }

    /// Flattens each image into one vector, in channel, row, column order.
    pub fn flatten(&self, name: &str, x: ValueId) -> Result<ValueId> {
        self.add_one(name, Op::Flatten(Flatten), vec![Some(x)])
    }

    /// Changes the extents of each image. The values and their order stay the same.
    pub fn reshape(&self, name: &str, x: ValueId, extents: &[usize]) -> Result<ValueId> {
        let dims = Dims::new(extents)?;
        self.add_one(name, Op::Reshape(Reshape { dims }), vec![Some(x)])
    }

    /// Permutes the axes of each image: axis `i` of the result is axis `axes[i]` of `x`, without the image axis.
    pub fn transpose(&self, name: &str, x: ValueId, axes: &[usize]) -> Result<ValueId> {
        let axes = axes.to_vec();
        self.add_one(name, Op::Transpose(Transpose { axes }), vec![Some(x)])
    }

    /// Keeps some values along each axis of each image.
    pub fn slice(&self, name: &str, x: ValueId, axes: &[SliceAxis]) -> Result<ValueId> {
        let axes = axes.to_vec();
        self.add_one(name, Op::Slice(Slice { axes }), vec![Some(x)])
    }

    /// Repeats `x` along axes of one value, so that each image has these extents.
    pub fn expand(&self, name: &str, x: ValueId, extents: &[usize]) -> Result<ValueId> {
        let dims = Dims::new(extents)?;
        self.add_one(name, Op::Expand(Expand { dims }), vec![Some(x)])
    }

    /// Reduces whole axes to one value each. Axes are in ascending order and do not count the image axis.
    pub fn reduce(
        &self,
        name: &str,
        x: ValueId,
        reduction: Reduction,
        axes: &[usize],
    ) -> Result<ValueId> {
        let axes = axes.to_vec();
        let op = Reduce { reduction, axes };
        self.add_one(name, Op::Reduce(op), vec![Some(x)])
    }

    /// Multiplies the matrices of `a`, `[..., M, K]`, by those of `b`, `[..., K, N]`.
    pub fn mat_mul(&self, name: &str, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.add_one(name, Op::MatMul(MatMul), vec![Some(a), Some(b)])
    }

    /// Applies softmax over the channels of each pixel.
    pub fn softmax(&self, name: &str, x: ValueId) -> Result<ValueId> {
        self.add_one(name, Op::Softmax(Softmax), vec![Some(x)])
    }

    /// Adds a dropout layer, which is the identity outside training.
    pub fn dropout(&self, name: &str, x: ValueId) -> Result<ValueId> {
        self.add_one(name, Op::Dropout(Dropout), vec![Some(x)])
    }
}
