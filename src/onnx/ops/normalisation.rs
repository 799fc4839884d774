//! Normalisations.

use std::rc::Rc;

use super::Operation;
use super::join::{inverse, to_front};
use crate::graph::{BatchNorm, LocalResponseNorm, Number, Op, ValueId};
use crate::onnx::array::Array;
use crate::onnx::build::{Builder, Computed, Node, Value};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        fold: Some(fold_batch_norm),
        ..Operation::of_images(
            "BatchNormalization",
            &[1, 6, 7, 9, 14, 15],
            &["epsilon", "momentum", "spatial", "training_mode"],
            batch_norm,
        )
    },
    Operation::of_images(
        "LRN",
        &[1, 13],
        &["alpha", "beta", "bias", "size"],
        local_response_norm,
    ),
];

fn batch_norm(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    if node.flag("training_mode", false)? {
        return Err("training_mode needs the statistics of a whole batch".to_owned());
    }
    if !node.flag("spatial", true)? {
        return Err("spatial 0 is not supported".to_owned());
    }
    // Only training uses it.
    node.float("momentum", 0.9)?;
    node.expect_results(1)?;
    let (channels, image) = Channels::of(builder, node.input(0)?)?;
    let op = BatchNorm {
        epsilon: Number(node.float("epsilon", 1e-5)?),
    };
    let mut inputs = vec![Some(image)];
    for index in 1..5 {
        let parameter = node.input(index)?;
        inputs.push(Some(match index {
            1 | 2 => builder.tensor(parameter)?.id,
            _ => builder.statistic(parameter)?,
        }));
    }
    let results = builder.ops(Op::BatchNorm(op), inputs)?;
    channels.result(builder, results[0])
}

fn local_response_norm(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let (channels, image) = Channels::of(builder, node.input(0)?)?;
    let size = node.int("size", 0)?;
    let op = LocalResponseNorm {
        size: usize::try_from(size).map_err(|_| format!("expected a size, found {size}"))?,
        alpha: Number(node.float("alpha", 0.0001)?),
        beta: Number(node.float("beta", 0.75)?),
        k: Number(node.float("bias", 1.0)?),
    };
    let id = builder.op(Op::LocalResponseNorm(op), &[image])?;
    channels.result(builder, id)
}

/// A value that was taken as an image, with axis 1 of the file as its channels.
struct Channels {
    value: Computed,
    /// The order of axes that has the channels first, and the extents in it.
    order: Vec<usize>,
    extents: Vec<usize>,
}

impl Channels {
    fn of(builder: &mut Builder<'_>, value: &Value) -> Result<(Self, ValueId), String> {
        let value = builder.tensor(value)?;
        let rank = value.extents().len();
        let order = match value.has_images {
            true => (0..rank).collect(),
            false if rank > 1 => to_front(1, rank),
            false => return Err(format!("expected channels, found {:?}", value.dims)),
        };
        let id = builder.permuted(value.id, &order)?;
        let extents = builder.extents(id);
        let image = as_image(builder, id)?;
        let channels = Self {
            value,
            order,
            extents,
        };
        Ok((channels, image))
    }

    /// Returns the image `id` as a result with the axes of the value.
    fn result(self, builder: &mut Builder<'_>, id: ValueId) -> Result<Vec<Value>, String> {
        let id = builder.view(id, &self.extents)?;
        let id = builder.permuted(id, &inverse(&self.order))?;
        builder.like(id, &self.value)
    }
}

/// Returns `id` with its first axis as channels: a vector, or an image of all other axes.
fn as_image(builder: &mut Builder<'_>, id: ValueId) -> Result<ValueId, String> {
    let extents = builder.extents(id);
    match extents.as_slice() {
        [_] | [_, _, _] => Ok(id),
        [] => Err("expected channels, found a number".to_owned()),
        [channels, rest @ ..] => {
            let pixels: usize = rest[..rest.len() - 1].iter().product();
            let columns = rest[rest.len() - 1];
            builder.view(id, &[*channels, pixels, columns])
        }
    }
}

/// Computes batch normalisation of a constant, as networks that normalise their weights have it. In training mode, the
/// statistics are those of the constant.
fn fold_batch_norm(node: &Node, inputs: &[Option<Rc<Array>>]) -> Result<Vec<Array>, String> {
    node.expect_results(1)?;
    node.float("momentum", 0.9)?;
    if !node.flag("spatial", true)? {
        return Err("spatial 0 is not supported".to_owned());
    }
    let [Some(x), Some(scale), Some(bias), Some(mean), Some(variance)] = inputs else {
        return Err("expected 5 inputs".to_owned());
    };
    let epsilon = node.float("epsilon", 1e-5)?;
    let &[images, channels, ref sides @ ..] = x.dims.as_slice() else {
        return Err(format!("expected channels, found {:?}", x.dims));
    };
    let values = x.to_floats();
    let parameters = [scale, bias, mean, variance].map(|array| array.to_floats());
    if parameters.iter().any(|values| values.len() != channels) {
        return Err(format!("expected parameters of {channels} channels"));
    }
    let [scale, bias, mut mean, mut variance] = parameters;
    let pixels: usize = sides.iter().product();
    let channel = |index: usize| index / pixels % channels;
    if node.flag("training_mode", false)? {
        let count = (images * pixels) as f64;
        mean.fill(0.0);
        variance.fill(0.0);
        for (index, value) in values.iter().enumerate() {
            mean[channel(index)] += value / count;
        }
        for (index, value) in values.iter().enumerate() {
            variance[channel(index)] += (value - mean[channel(index)]).powi(2) / count;
        }
    }
    let normalised = values.iter().enumerate().map(|(index, value)| {
        let channel = channel(index);
        let deviation = (variance[channel] + epsilon).sqrt();
        (value - mean[channel]) / deviation * scale[channel] + bias[channel]
    });
    Ok(vec![Array::floats(
        x.ty,
        x.dims.clone(),
        normalised.collect(),
    )])
}
