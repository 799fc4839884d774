//! Normalisations by the statistics of each image.

use super::Operation;
use super::join::{inverse, to_front};
use crate::graph::{
    Expand, Function, LayerNorm, Number, Op, Pointwise, Reduce, Reduction, ValueId,
};
use crate::onnx::array::MOST_VALUES;
use crate::onnx::build::{Builder, Computed, Node, Value};
use crate::tensor::Dims;

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

/// The most values of a group that one invocation normalises. It takes long, and llvmpipe ends a shader after 65535 turns
/// of its loops.
const MOST_TOGETHER: usize = 1 << 14;

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

fn layer_norm(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
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

fn rms_norm(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
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
    let count: usize = extents.iter().product();
    if !channels.is_multiple_of(groups) {
        return Err(format!("{groups} groups must divide {channels} channels"));
    }
    let epsilon = node.float("epsilon", 1e-5)?;
    let normalised = match count / groups {
        length if length <= MOST_TOGETHER => {
            together(builder, value.id, [groups, length], epsilon)?
        }
        _ => by_parts(builder, value.id, groups, epsilon)?,
    };
    let normalised = builder.view(normalised, &extents)?;
    let (scale, shift) = (node.input(1)?, node.input(2)?);
    let is_filled = |parameter, number: f64| {
        let array = builder.array(parameter);
        array.is_ok_and(|array| array.to_floats().iter().all(|&value| value == number))
    };
    // A group normalisation of old operator sets scales its result itself.
    if is_filled(scale, 1.0) && is_filled(shift, 0.0) {
        return builder.like(normalised, &value);
    }
    let mut operands = vec![normalised];
    for parameter in [scale, shift] {
        operands.push(of_channels(builder, parameter, channels, extents.len())?);
    }
    let scaled = Pointwise::operand(0).times(&Pointwise::operand(1));
    let shifted = scaled.plus(&Pointwise::operand(2));
    let id = builder.op(Op::Pointwise(shifted), &operands)?;
    builder.like(id, &value)
}

/// Normalises each of the groups as the channels of one pixel.
fn together(
    builder: &mut Builder<'_>,
    id: ValueId,
    [groups, length]: [usize; 2],
    epsilon: f64,
) -> Result<ValueId, String> {
    let id = builder.view(id, &[groups, length])?;
    let id = builder.permuted(id, &[1, 0])?;
    let one = builder.known(&[1], vec![1.0])?;
    let gamma = expanded(builder, one, &[length])?;
    let op = LayerNorm {
        epsilon: Number(epsilon),
    };
    let id = builder.ops(Op::LayerNorm(op), vec![Some(id), Some(gamma)])?[0];
    builder.permuted(id, &[1, 0])
}

/// Normalises each of the groups by means of means, which many invocations compute.
fn by_parts(
    builder: &mut Builder<'_>,
    id: ValueId,
    groups: usize,
    epsilon: f64,
) -> Result<ValueId, String> {
    // Some files join the axes of a group before.
    let mut image = id;
    while let Some(source) = builder.reshaped(image) {
        image = source;
    }
    let is_grouped = builder.extents(image)[0].is_multiple_of(groups);
    let image = if is_grouped { image } else { id };
    let (x, y) = (Pointwise::operand(0), Pointwise::operand(1));
    let mean = averaged(builder, image, groups)?;
    let centred = builder.op(Op::Pointwise(x.minus(&y)), &[image, mean])?;
    let squares = builder.op(Op::Pointwise(x.times(&x)), &[centred])?;
    let variance = averaged(builder, squares, groups)?;
    let root = y.plus(&Pointwise::constant(epsilon)).unary(Function::Sqrt);
    builder.op(Op::Pointwise(x.over(&root)), &[centred, variance])
}

/// Returns the mean of the group of each channel.
fn averaged(builder: &mut Builder<'_>, id: ValueId, groups: usize) -> Result<ValueId, String> {
    let extents = builder.extents(id);
    let (channels, pixels) = (extents[0], 1..extents.len());
    let mut mean = id;
    let is_short = extents[1..].iter().product::<usize>() <= MOST_TOGETHER;
    let steps: Vec<Vec<usize>> = match is_short && !pixels.is_empty() {
        true => vec![pixels.collect()],
        false => pixels.rev().map(|axis| vec![axis]).collect(),
    };
    for axes in steps {
        mean = reduced(builder, mean, axes)?;
    }
    let mut dims = vec![1; extents.len()];
    dims[0] = channels;
    if groups == channels {
        return Ok(mean);
    }
    if groups == 1 {
        let mean = reduced(builder, mean, vec![0])?;
        return expanded(builder, mean, &dims);
    }
    let each = channels / groups;
    let of_channels = builder.view(mean, &[groups, each])?;
    let of_group = reduced(builder, of_channels, vec![1])?;
    let repeated = expanded(builder, of_group, &[groups, each])?;
    builder.view(repeated, &dims)
}

fn expanded(builder: &mut Builder<'_>, id: ValueId, extents: &[usize]) -> Result<ValueId, String> {
    let dims = Dims::new(extents).map_err(|error| error.to_string())?;
    builder.op(Op::Expand(Expand { dims }), &[id])
}

/// Returns a parameter of channels or groups as one of each channel, to broadcast to `rank` axes.
fn of_channels(
    builder: &mut Builder<'_>,
    parameter: &Value,
    channels: usize,
    rank: usize,
) -> Result<ValueId, String> {
    let mut dims = vec![1; rank];
    dims[0] = channels;
    let array = builder.array(parameter)?;
    if array.count() == channels {
        let id = builder.tensor(parameter)?.id;
        return builder.view(id, &dims);
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
    builder.known(&dims, values.collect())
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
