//! Slices.

use std::rc::Rc;

use super::Operation;
use crate::graph::{Op, Slice, SliceAxis};
use crate::onnx::array::{Array, strides};
use crate::onnx::build::{Builder, Node, Value, axis};
use crate::onnx::fold::{input, ints, picked};

pub const OPERATIONS: &[Operation] = &[Operation {
    fold: Some(fold),
    ..Operation::of_images(
        "Slice",
        &[1, 10, 11, 13],
        &["axes", "ends", "starts"],
        slice,
    )
}];

fn slice(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let mut given = [const { None }; 4];
    for (index, given) in given.iter_mut().enumerate() {
        *given = builder.ints(node, index + 1)?;
    }
    let ranges = ranges(node, given, node.input(0)?.dims())?;
    let changed: Vec<usize> = ranges.changed(node.input(0)?.dims());
    let value = builder.along(node.input(0)?, &changed)?;
    if changed.is_empty() {
        return Ok(vec![Value::Computed(value)]);
    }
    let axes = ranges.0[usize::from(value.has_images)..].iter();
    let axes = axes.map(|range| SliceAxis {
        begin: range.begin,
        step: range.step,
        count: range.count,
    });
    let op = Slice {
        axes: axes.collect(),
    };
    if op.axes.iter().any(|axis| axis.count == 0) {
        return Err("the result has no values".to_owned());
    }
    let id = builder.op(Op::Slice(op), &[value.id])?;
    builder.like(id, &value)
}

/// The values that are kept along each axis.
struct Ranges(Vec<Range>);

struct Range {
    begin: usize,
    step: isize,
    count: usize,
}

impl Ranges {
    /// Returns the axes of which some values are left out, or in another order.
    fn changed(&self, dims: &[usize]) -> Vec<usize> {
        let axes = self.0.iter().zip(dims).enumerate();
        let changed = axes.filter(|(_, (range, extent))| {
            range.count != **extent || range.begin != 0 || range.step != 1 && range.count > 1
        });
        changed.map(|(axis, _)| axis).collect()
    }
}

/// Returns the ranges for extents `dims`. Starts, ends, axes and steps are given as inputs, or as attributes before
/// operator set 10.
fn ranges(node: &Node, given: [Option<Vec<i64>>; 4], dims: &[usize]) -> Result<Ranges, String> {
    let [starts, ends, axes, steps] = given;
    let (starts, ends) = (starts.or(node.ints("starts")?), ends.or(node.ints("ends")?));
    let (Some(starts), Some(ends)) = (starts, ends) else {
        return Err("expected starts and ends, found none".to_owned());
    };
    let count = starts.len();
    let axes = axes.or(node.ints("axes")?);
    let axes = axes.unwrap_or_else(|| (0..count as i64).collect());
    let steps = steps.unwrap_or_else(|| vec![1; count]);
    if [ends.len(), axes.len(), steps.len()] != [count; 3] {
        return Err("expected as many starts as ends, axes and steps".to_owned());
    }
    let whole = dims.iter().map(|&count| Range {
        begin: 0,
        step: 1,
        count,
    });
    let mut ranges: Vec<Range> = whole.collect();
    for index in 0..count {
        let at = axis(axes[index], dims.len())?;
        ranges[at] = range(starts[index], ends[index], steps[index], dims[at])?;
    }
    Ok(Ranges(ranges))
}

/// Returns the range from `start` to `end`, which count from the end if they are negative.
fn range(start: i64, end: i64, step: i64, extent: usize) -> Result<Range, String> {
    if step == 0 {
        return Err("expected steps other than 0".to_owned());
    }
    let size = extent as i64;
    let counted = |index: i64| {
        if index < 0 {
            index.saturating_add(size)
        } else {
            index
        }
    };
    let (low, high) = if step > 0 { (0, size) } else { (-1, size - 1) };
    // Going backwards, an end before the first value stays there.
    let start = counted(start).clamp(low.max(0), high.max(0));
    let end = counted(end).clamp(low, high.max(low));
    let distance = if step > 0 { end - start } else { start - end };
    let count = match distance > 0 && extent > 0 {
        true => distance.unsigned_abs().div_ceil(step.unsigned_abs()) as usize,
        false => 0,
    };
    Ok(Range {
        begin: start as usize,
        step: step.clamp(-(size + 1), size + 1) as isize,
        count,
    })
}

fn fold(node: &Node, inputs: &[Option<Rc<Array>>]) -> Result<Vec<Array>, String> {
    let array = input(inputs, 0)?;
    let mut given = [const { None }; 4];
    for (index, given) in given.iter_mut().enumerate() {
        *given = ints(inputs, index + 1)?.map(<[i64]>::to_vec);
    }
    let ranges = ranges(node, given, &array.dims)?.0;
    let dims: Vec<usize> = ranges.iter().map(|range| range.count).collect();
    let strides = strides(&array.dims);
    Ok(vec![picked(array, &dims, |index| {
        let places = index.iter().zip(&ranges).zip(&strides);
        let places = places.map(|((&index, range), stride)| {
            range.begin.wrapping_add_signed(index as isize * range.step) * stride
        });
        places.sum()
    })])
}

/// Returns `count` values of `array` along `axis`, from `begin` on.
pub fn cut(array: &Array, axis: usize, begin: usize, count: usize) -> Array {
    let mut dims = array.dims.clone();
    dims[axis] = count;
    let strides = strides(&array.dims);
    picked(array, &dims, |index| {
        let places = index.iter().zip(&strides);
        places.map(|(index, stride)| index * stride).sum::<usize>() + begin * strides[axis]
    })
}
