//! Reductions along axes.

use std::rc::Rc;

use super::Operation;
use crate::graph::{GlobalAveragePool, Op};
use crate::onnx::array::{Array, Numbers, for_each_index, strides};
use crate::onnx::fold::{input, ints};
use crate::onnx::import::{Builder, Node, Value, axis};

const ATTRIBUTES: &[&str] = &["axes", "keepdims", "noop_with_empty_axes"];

const fn reduction(
    name: &'static str,
    since: &'static [i64],
    fold: super::Fold,
) -> Operation {
    Operation::of_constants(name, since, fold).with_attributes(ATTRIBUTES)
}

pub const OPERATIONS: &[Operation] = &[
    Operation {
        import: mean,
        ..reduction("ReduceMean", &[1, 11, 13, 18], |node, inputs| {
            folded(node, inputs, 0.0, |a, b| a + b, |sum, count| sum / count)
        })
    },
    reduction("ReduceSum", &[1, 11, 13], |node, inputs| {
        folded(node, inputs, 0.0, |a, b| a + b, |sum, _| sum)
    }),
    reduction("ReduceProd", &[1, 11, 13, 18], |node, inputs| {
        folded(node, inputs, 1.0, |a, b| a * b, |product, _| product)
    }),
    reduction("ReduceMax", &[1, 11, 12, 13, 18, 20], |node, inputs| {
        folded(node, inputs, f64::NEG_INFINITY, f64::max, |most, _| most)
    }),
    reduction("ReduceMin", &[1, 11, 12, 13, 18, 20], |node, inputs| {
        folded(node, inputs, f64::INFINITY, f64::min, |least, _| least)
    }),
    reduction("ReduceL1", &[1, 11, 13, 18], |node, inputs| {
        folded(node, inputs, 0.0, |a, b| a + b.abs(), |sum, _| sum)
    }),
    reduction("ReduceL2", &[1, 11, 13, 18], |node, inputs| {
        folded(node, inputs, 0.0, |a, b| a + b * b, |sum, _| sum.sqrt())
    }),
    reduction("ReduceSumSquare", &[1, 11, 13, 18], |node, inputs| {
        folded(node, inputs, 0.0, |a, b| a + b * b, |sum, _| sum)
    }),
];

/// Returns the axes, and the extents of the result with and without them.
struct Reduced {
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
            false => listed.iter().map(|&at| axis(at, rank)).collect::<Result<_, _>>()?,
        };
        let mut kept = dims.to_vec();
        axes.iter().for_each(|&axis| kept[axis] = 1);
        let others = (0..rank).filter(|axis| !axes.contains(axis));
        let result = match node.flag("keepdims", true)? {
            true => kept.clone(),
            false => others.map(|axis| dims[axis]).collect(),
        };
        Ok(Self { axes, kept, result })
    }
}

fn mean(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let input = node.input(0)?;
    let reduced = Reduced::new(node, builder.ints(node, 1)?, input.dims())?;
    if reduced.axes.is_empty() {
        return Ok(vec![input.clone()]);
    }
    let value = builder.along(input, &reduced.axes)?;
    let own: Vec<usize> = reduced.axes.iter().map(|&axis| value.axis(axis)).collect();
    let extents = value.extents().to_vec();
    let others: Vec<usize> = (0..extents.len()).filter(|axis| !own.contains(axis)).collect();
    let mut order = others.clone();
    order.extend(own.iter().copied());
    let rows: usize = others.iter().map(|&axis| extents[axis]).product();
    let sides: Vec<usize> = own.iter().map(|&axis| extents[axis]).collect();
    let (height, width) = match sides.as_slice() {
        [] => (1, 1),
        [first @ .., last] => (first.iter().product(), *last),
    };
    let id = builder.permuted(value.id, &order)?;
    let id = builder.view(id, &[rows, height, width])?;
    let id = builder.op(Op::GlobalAveragePool(GlobalAveragePool), &[id])?;
    let has_images = value.has_images
        && reduced.result.len() >= 2
        && reduced.result.first() == value.dims.first();
    if value.has_images && !has_images {
        builder.whole(&value)?;
    }
    let id = builder.view(id, &reduced.result[usize::from(has_images)..])?;
    Ok(vec![builder.result(id, value.ty, reduced.result, has_images)?])
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
    if reduced.axes.is_empty() {
        return Ok(vec![array.clone()]);
    }
    let steps = strides(&reduced.kept);
    let results: usize = reduced.kept.iter().product();
    let values = array.to_floats();
    let mut sums = vec![first; results];
    let mut place = 0;
    for_each_index(&array.dims, |index| {
        let axes = index.iter().zip(&reduced.kept).zip(&steps);
        let target: usize = axes.map(|((index, kept), step)| index.min(&(kept - 1)) * step).sum();
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
