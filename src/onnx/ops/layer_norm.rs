//! Normalisations by the statistics of each image.

use super::Operation;
use super::join::{inverse, to_front};
use crate::graph::{
    Function, GroupNorm, LayerNorm, Number, Op, Pointwise, Reduce, Reduction, ValueId,
};
use crate::onnx::array::MOST_VALUES;
use crate::onnx::build::{Builder, Computed, Node, Value};

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images(
        "LayerNormalization",
        &[17],
        &["axis", "epsilon", "stash_type"],
        layer_norm,
    ),
    Operation::of_images(
        "RMSNormalization",
        &[23],
        &["axis", "epsilon", "stash_type"],
        rms_norm,
    ),
    Operation::of_images(
        "InstanceNormalization",
        &[1, 6, 22],
        &["epsilon"],
        instance_norm,
    ),
    Operation::of_images(
        "GroupNormalization",
        &[18, 21],
        &["epsilon", "num_groups", "stash_type"],
        group_norm,
    ),
];

/// A value as rows of an axis that is normalised.
struct Rows {
    value: Computed,
    extents: Vec<usize>,
    /// The rows, and the values of each.
    id: ValueId,
    length: usize,
}

impl Rows {
    /// Joins the axes from the attribute `axis` on.
    fn new(builder: &mut Builder<'_>, node: &Node) -> Result<Self, String> {
        let input = node.input(0)?;
        let axis = node.axis("axis", -1, input.rank())?;
        node.int("stash_type", 1)?;
        node.expect_results(1)?;
        let value = builder.along(input, &[axis])?;
        let extents = value.extents().to_vec();
        let at = value.axis(axis);
        let length = extents[at..].iter().product();
        let mut rows = extents[..at].to_vec();
        rows.push(length);
        let id = builder.view(value.id, &rows)?;
        Ok(Self {
            value,
            extents,
            id,
            length,
        })
    }

    fn result(self, builder: &mut Builder<'_>, id: ValueId) -> Result<Vec<Value>, String> {
        let id = builder.view(id, &self.extents)?;
        builder.like(id, &self.value)
    }
}

pub fn layer_norm(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let rows = Rows::new(builder, node)?;
    let mut inputs = Vec::with_capacity(3);
    let rank = builder.extents(rows.id).len();
    let order = to_front(rank - 1, rank);
    inputs.push(Some(builder.permuted(rows.id, &order)?));
    for index in [1, 2] {
        inputs.push(match node.optional(index) {
            Some(parameter) => {
                let id = builder.tensor(parameter)?.id;
                Some(builder.view(id, &[rows.length])?)
            }
            None => None,
        });
    }
    let op = LayerNorm {
        epsilon: Number(node.float("epsilon", 1e-5)?),
    };
    let id = builder.ops(Op::LayerNorm(op), inputs)?[0];
    let id = builder.permuted(id, &inverse(&order))?;
    rows.result(builder, id)
}

pub fn rms_norm(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let rows = Rows::new(builder, node)?;
    let axis = builder.extents(rows.id).len() - 1;
    let normalised = divided(builder, rows.id, axis, node.float("epsilon", 1e-5)?)?;
    let scale = builder.tensor(node.input(1)?)?.id;
    let scale = builder.view(scale, &[rows.length])?;
    let product = Pointwise::operand(0).times(&Pointwise::operand(1));
    let id = builder.op(Op::Pointwise(product), &[normalised, scale])?;
    rows.result(builder, id)
}

fn instance_norm(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let channels = node.input(0)?.dims().get(1).copied().unwrap_or(1);
    in_groups(builder, node, channels)
}

fn group_norm(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    node.int("stash_type", 1)?;
    let groups = node.int("num_groups", 0)?;
    let groups = usize::try_from(groups).ok().filter(|&groups| groups > 0);
    let groups = groups.ok_or("expected num_groups of at least 1")?;
    in_groups(builder, node, groups)
}

/// Normalises each of `groups` groups of channels, and scales and shifts each channel.
fn in_groups(builder: &mut Builder<'_>, node: &Node, groups: usize) -> Result<Vec<Value>, String> {
    let value = builder.tensor(node.input(0)?)?;
    let extents = value.extents().to_vec();
    let (Some(&channels), true) = (extents.first(), value.has_images) else {
        return Err(format!(
            "expected images in a batch, found {:?}",
            value.dims
        ));
    };
    if !channels.is_multiple_of(groups) {
        return Err(format!("{groups} groups must divide {channels} channels"));
    }
    // Some files join the axes of a group before.
    let mut image = value.id;
    while let Some(source) = builder.reshaped(image)
        && builder.extents(source)[0].is_multiple_of(groups)
    {
        image = source;
    }
    let channels = builder.extents(image)[0];
    let gamma = of_channels(builder, node.input(1)?, channels)?;
    let beta = of_channels(builder, node.input(2)?, channels)?;
    let op = GroupNorm {
        groups,
        epsilon: Number(node.float("epsilon", 1e-5)?),
    };
    let inputs = vec![Some(image), Some(gamma), Some(beta)];
    let normalised = builder.ops(Op::GroupNorm(op), inputs)?[0];
    let id = builder.view(normalised, &extents)?;
    builder.like(id, &value)
}

/// Returns a parameter of channels or groups as one of each channel.
fn of_channels(
    builder: &mut Builder<'_>,
    parameter: &Value,
    channels: usize,
) -> Result<ValueId, String> {
    let array = builder.array(parameter)?;
    if array.count() == channels {
        let id = builder.tensor(parameter)?.id;
        return builder.view(id, &[channels]);
    }
    let is_large = channels > MOST_VALUES;
    if is_large || array.count() == 0 || !channels.is_multiple_of(array.count()) {
        return Err(format!(
            "expected {channels} values, found {}",
            array.count()
        ));
    }
    let each = channels / array.count();
    let values = array.to_floats().into_iter();
    let values = values.flat_map(|value| std::iter::repeat_n(value, each));
    builder.known(&[channels], values.collect())
}

/// Divides `id` by the root of the mean of the squares along `axis`.
fn divided(
    builder: &mut Builder<'_>,
    id: ValueId,
    axis: usize,
    epsilon: f64,
) -> Result<ValueId, String> {
    let (x, y) = (Pointwise::operand(0), Pointwise::operand(1));
    let squares = builder.op(Op::Pointwise(x.times(&x)), &[id])?;
    let mean = reduced(builder, squares, vec![axis])?;
    let root = y.plus(&Pointwise::constant(epsilon)).unary(Function::Sqrt);
    builder.op(Op::Pointwise(x.over(&root)), &[id, mean])
}

fn reduced(builder: &mut Builder<'_>, id: ValueId, axes: Vec<usize>) -> Result<ValueId, String> {
    let op = Reduce {
        reduction: Reduction::Mean,
        axes,
    };
    builder.op(Op::Reduce(op), &[id])
}
