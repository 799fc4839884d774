//! Reductions along axes.

use std::rc::Rc;

use super::Operation;
use super::activation::applied;
use crate::graph::{Function, GlobalAveragePool, Op, Pointwise, Reduce, Reduction, ValueId};
use crate::onnx::array::{Array, Numbers, for_each_index, strides};
use crate::onnx::build::{Builder, Computed, Fold, Import, Node, Value, axis};
use crate::onnx::fold::{input, ints};

const ATTRIBUTES: &[&str] = &["axes", "keepdims", "noop_with_empty_axes"];

const fn reduction(
    name: &'static str,
    since: &'static [i64],
    import: Import,
    fold: Fold,
) -> Operation {
    Operation {
        fold: Some(fold),
        ..Operation::of_images(name, since, ATTRIBUTES, import)
    }
}

/// The most values that are reduced at once, because the invocations of one workgroup read all of them. More are reduced
/// along one axis after the other.
const MOST_AT_ONCE: usize = 1 << 20;

pub const OPERATIONS: &[Operation] = &[
    reduction("ReduceMean", &[1, 11, 13, 18], mean, |node, inputs| {
        folded(node, inputs, 0.0, |a, b| a + b, |sum, count| sum / count)
    }),
    reduction(
        "ReduceSum",
        &[1, 11, 13],
        |builder, node| reduced(builder, node, Reduction::Sum),
        |node, inputs| folded(node, inputs, 0.0, |a, b| a + b, |sum, _| sum),
    ),
    reduction(
        "ReduceProd",
        &[1, 11, 13, 18],
        |builder, node| reduced(builder, node, Reduction::Product),
        |node, inputs| folded(node, inputs, 1.0, |a, b| a * b, |product, _| product),
    ),
    reduction(
        "ReduceMax",
        &[1, 11, 12, 13, 18, 20],
        |builder, node| reduced(builder, node, Reduction::Max),
        |node, inputs| folded(node, inputs, f64::NEG_INFINITY, f64::max, |most, _| most),
    ),
    reduction(
        "ReduceMin",
        &[1, 11, 12, 13, 18, 20],
        |builder, node| reduced(builder, node, Reduction::Min),
        |node, inputs| folded(node, inputs, f64::INFINITY, f64::min, |least, _| least),
    ),
    reduction(
        "ReduceL1",
        &[1, 11, 13, 18],
        |builder, node| reduced(builder, node, Reduction::AbsoluteSum),
        |node, inputs| folded(node, inputs, 0.0, |a, b| a + b.abs(), |sum, _| sum),
    ),
    reduction(
        "ReduceL2",
        &[1, 11, 13, 18],
        |builder, node| reduced(builder, node, Reduction::Norm),
        |node, inputs| folded(node, inputs, 0.0, |a, b| a + b * b, |sum, _| sum.sqrt()),
    ),
    reduction(
        "ReduceSumSquare",
        &[1, 11, 13, 18],
        sum_of_squares,
        |node, inputs| folded(node, inputs, 0.0, |a, b| a + b * b, |sum, _| sum),
    ),
    Operation::of_images("ReduceLogSum", &[1, 11, 13, 18, 28], ATTRIBUTES, log_sum),
    Operation::of_images(
        "ReduceLogSumExp",
        &[1, 11, 13, 18, 28],
        ATTRIBUTES,
        log_sum_exp,
    ),
    Operation::of_images("GlobalMaxPool", &[1, 22], &[], global_max_pool),
];

/// Returns the axes, and the extents of the result with and without them.
pub struct Reduced {
    axes: Vec<usize>,
    /// With an extent of 1 at each of the axes.
    kept: Vec<usize>,
    result: Vec<usize>,
}

impl Reduced {
    fn new(node: &Node, given: Option<Vec<i64>>, dims: &[usize]) -> Result<Self, String> {
        let listed = given.or(node.ints("axes")?).unwrap_or_default();
        let rank = dims.len();
        let all = listed.is_empty() && !node.flag("noop_with_empty_axes", false)?;
        let axes: Vec<usize> = match all {
            true => (0..rank).collect(),
            false => listed
                .iter()
                .map(|&at| axis(at, rank))
                .collect::<Result<_, _>>()?,
        };
        Ok(Self::of_axes(axes, dims, node.flag("keepdims", true)?))
    }

    pub fn of_axes(axes: Vec<usize>, dims: &[usize], keeps_axes: bool) -> Self {
        let mut kept = dims.to_vec();
        axes.iter().for_each(|&axis| kept[axis] = 1);
        let others = (0..dims.len()).filter(|axis| !axes.contains(axis));
        let result = match keeps_axes {
            true => kept.clone(),
            false => others.map(|axis| dims[axis]).collect(),
        };
        Self { axes, kept, result }
    }
}

/// The input of a reduction, and the axes in our graph.
pub struct Target {
    pub value: Computed,
    pub axes: Vec<usize>,
    reduced: Reduced,
}

impl Target {
    /// Returns `None` if nothing is reduced. Then what an operation does with each value remains: the absolute values or
    /// squares.
    fn new(builder: &mut Builder<'_>, node: &Node) -> Result<Option<Self>, String> {
        let input = node.input(0)?;
        let reduced = Reduced::new(node, builder.ints(node, 1)?, input.dims())?;
        if reduced.axes.is_empty() {
            return Ok(None);
        }
        Self::of(builder, input, reduced).map(Some)
    }

    pub fn of(builder: &mut Builder<'_>, input: &Value, reduced: Reduced) -> Result<Self, String> {
        let value = builder.along(input, &reduced.axes)?;
        let mut axes: Vec<usize> = reduced.axes.iter().map(|&axis| value.axis(axis)).collect();
        axes.sort_unstable();
        axes.dedup();
        Ok(Self {
            value,
            axes,
            reduced,
        })
    }

    /// Reduces `id`, which has the extents of the input.
    pub fn reduce(
        &self,
        builder: &mut Builder<'_>,
        id: ValueId,
        reduction: Reduction,
    ) -> Result<ValueId, String> {
        let mut axes = self.axes.clone();
        let (mut id, mut reduction) = (id, reduction);
        let extents = self.value.extents();
        let count = |axes: &[usize]| axes.iter().map(|&axis| extents[axis]).product::<usize>();
        while count(&axes) > MOST_AT_ONCE
            && axes.len() > 1
            && let Some(last) = axes.pop()
        {
            let part = Reduce {
                reduction,
                axes: vec![last],
            };
            id = builder.op(Op::Reduce(part), &[id])?;
            // Sums of absolute values are not negative.
            if reduction == Reduction::AbsoluteSum {
                reduction = Reduction::Sum;
            }
        }
        builder.op(Op::Reduce(Reduce { reduction, axes }), &[id])
    }

    /// Returns the result `id` with the extents of the file.
    pub fn result(self, builder: &mut Builder<'_>, id: ValueId) -> Result<Vec<Value>, String> {
        let Self { value, reduced, .. } = self;
        let dims = reduced.result;
        let has_images = value.has_images && dims.len() >= 2 && dims.first() == value.dims.first();
        if value.has_images && !has_images {
            // Fails if there are several images.
            builder.whole(&value)?;
        }
        let id = builder.view(id, &dims[usize::from(has_images)..])?;
        Ok(vec![builder.result(id, value.ty, dims, has_images)?])
    }
}

fn reduced(
    builder: &mut Builder<'_>,
    node: &Node,
    reduction: Reduction,
) -> Result<Vec<Value>, String> {
    let Some(target) = Target::new(builder, node)? else {
        return match reduction {
            Reduction::AbsoluteSum | Reduction::Norm => {
                applied(builder, node, Pointwise::identity().unary(Function::Abs))
            }
            _ => Ok(vec![node.input(0)?.clone()]),
        };
    };
    let id = target.reduce(builder, target.value.id, reduction)?;
    target.result(builder, id)
}

/// The mean of whole images is global pooling.
fn mean(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let Some(target) = Target::new(builder, node)? else {
        return Ok(vec![node.input(0)?.clone()]);
    };
    let is_of_images = target.axes == [1, 2] && target.value.extents().len() == 3;
    let id = match is_of_images {
        true => builder.op(Op::GlobalAveragePool(GlobalAveragePool), &[target.value.id])?,
        false => target.reduce(builder, target.value.id, Reduction::Mean)?,
    };
    target.result(builder, id)
}

fn sum_of_squares(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let x = Pointwise::identity();
    let Some(target) = Target::new(builder, node)? else {
        return applied(builder, node, x.times(&x));
    };
    let squares = builder.op(Op::Pointwise(x.times(&x)), &[target.value.id])?;
    let id = target.reduce(builder, squares, Reduction::Sum)?;
    target.result(builder, id)
}

fn log_sum(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let log = Pointwise::identity().unary(Function::Log);
    let Some(target) = Target::new(builder, node)? else {
        return applied(builder, node, log);
    };
    let sum = target.reduce(builder, target.value.id, Reduction::Sum)?;
    let id = builder.op(Op::Pointwise(log), &[sum])?;
    target.result(builder, id)
}

/// `max + log(sum(exp(x - max)))`
fn log_sum_exp(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let Some(target) = Target::new(builder, node)? else {
        return Ok(vec![node.input(0)?.clone()]);
    };
    let (x, y) = (Pointwise::operand(0), Pointwise::operand(1));
    let most = target.reduce(builder, target.value.id, Reduction::Max)?;
    let powers = Op::Pointwise(x.minus(&y).unary(Function::Exp));
    let powers = builder.op(powers, &[target.value.id, most])?;
    let sum = target.reduce(builder, powers, Reduction::Sum)?;
    let result = x.plus(&y.unary(Function::Log));
    let id = builder.op(Op::Pointwise(result), &[most, sum])?;
    target.result(builder, id)
}

fn global_max_pool(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let input = node.input(0)?;
    if input.rank() < 3 {
        return Err(format!("expected images, found {:?}", input.dims()));
    }
    let reduced = Reduced::of_axes((2..input.rank()).collect(), input.dims(), true);
    let target = Target::of(builder, input, reduced)?;
    let id = target.reduce(builder, target.value.id, Reduction::Max)?;
    target.result(builder, id)
}

fn folded(
    node: &Node,
    inputs: &[Option<Rc<Array>>],
    first: f64,
    combine: impl Fn(f64, f64) -> f64,
    finish: impl Fn(f64, f64) -> f64,
) -> Result<Vec<Array>, String> {
    let array = input(inputs, 0)?;
    let given = ints(inputs, 1)?.map(<[i64]>::to_vec);
    let reduced = Reduced::new(node, given, &array.dims)?;
    let steps = strides(&reduced.kept);
    let results: usize = reduced.kept.iter().product();
    let values = array.to_floats();
    let mut sums = vec![first; results];
    let mut place = 0;
    for_each_index(&array.dims, |index| {
        let axes = index.iter().zip(&reduced.kept).zip(&steps);
        let target: usize = axes
            .map(|((index, kept), step)| index.min(&(kept - 1)) * step)
            .sum();
        sums[target] = combine(sums[target], values[place]);
        place += 1;
    });
    let count = values.len() as f64 / results.max(1) as f64;
    let sums = sums.into_iter().map(|sum| finish(sum, count)).collect();
    Ok(vec![match array.values {
        Numbers::Float(_) => Array::floats(array.ty, reduced.result, sums),
        Numbers::Int(_) => {
            let sums = sums.into_iter().map(|sum| sum as i64).collect();
            Array::ints(array.ty, reduced.result, sums)
        }
    }])
}
