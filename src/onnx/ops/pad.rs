//! Padding.

use super::Operation;
use crate::graph::{Op, Pad, Padding, Slice, SliceAxis};
use crate::onnx::import::{Builder, Computed, Node, Value, axis};

pub const OPERATIONS: &[Operation] = &[Operation::of_images(
    "Pad",
    &[1, 2, 11, 13, 18, 19, 21, 23, 24, 25],
    &["mode", "pads", "value"],
    pad,
)];

fn pad(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let input = node.input(0)?;
    let pads = borders(builder, node, input.rank())?;
    let changed: Vec<usize> = (0..pads.len()).filter(|&axis| pads[axis] != [0, 0]).collect();
    let mut value = builder.along(input, &changed)?;
    if changed.is_empty() {
        return Ok(vec![Value::Computed(value)]);
    }
    let own = &pads[usize::from(value.has_images)..];
    let mode = node.text("mode", "constant")?;
    if mode != "constant" {
        return Err(format!("mode {mode} is not supported"));
    }
    let number = match node.optional(2) {
        Some(number) => builder.number(number).ok_or("expected a constant value")?,
        None => node.float("value", 0.0)?,
    };
    value = cropped(builder, value, own)?;
    if own.iter().flatten().all(|&side| side <= 0) {
        return Ok(vec![Value::Computed(value)]);
    }
    if number != 0.0 {
        return Err(format!("the value {number} is not supported"));
    }
    let sides = match own {
        [[0, 0], rows, columns] if value.has_images => [rows, columns],
        _ => return Err(format!("padding of {:?} by {own:?} is not supported", value.dims)),
    };
    let side = |side: i64| usize::try_from(side.max(0)).unwrap_or(0);
    let padding = Padding {
        top: side(sides[0][0]),
        left: side(sides[1][0]),
        bottom: side(sides[0][1]),
        right: side(sides[1][1]),
    };
    let id = builder.op(Op::Pad(Pad { padding }), &[value.id])?;
    builder.like(id, &value)
}

/// Returns the values that are added before and after each axis. A negative number removes values.
fn borders(builder: &Builder<'_>, node: &Node, rank: usize) -> Result<Vec<[i64; 2]>, String> {
    let pads = match builder.ints(node, 1)? {
        Some(pads) => pads,
        None => node.ints("pads")?.ok_or("expected pads, found none")?,
    };
    let axes: Vec<usize> = match builder.ints(node, 3)? {
        Some(axes) => axes.iter().map(|&at| axis(at, rank)).collect::<Result<_, _>>()?,
        None => (0..rank).collect(),
    };
    if pads.len() != 2 * axes.len() {
        return Err(format!("expected {} pads, found {pads:?}", 2 * axes.len()));
    }
    let mut borders = vec![[0, 0]; rank];
    for (index, &axis) in axes.iter().enumerate() {
        borders[axis] = [pads[index], pads[index + axes.len()]];
    }
    Ok(borders)
}

/// Removes values at the borders where `borders` is negative.
fn cropped(
    builder: &mut Builder<'_>,
    value: Computed,
    borders: &[[i64; 2]],
) -> Result<Computed, String> {
    if borders.iter().flatten().all(|&side| side >= 0) {
        return Ok(value);
    }
    let mut axes = Vec::with_capacity(borders.len());
    for (&extent, border) in value.extents().iter().zip(borders) {
        let [before, after] = border.map(|side| usize::try_from(side.min(0).unsigned_abs()));
        let (Ok(before), Ok(after)) = (before, after) else {
            return Err(format!("a border of {border:?} is too large"));
        };
        match extent.checked_sub(before.saturating_add(after)) {
            Some(count @ 1..) => axes.push(SliceAxis::range(before, count)),
            _ => return Err(format!("removing {border:?} leaves nothing of {:?}", value.dims)),
        }
    }
    let id = builder.op(Op::Slice(Slice { axes }), &[value.id])?;
    match builder.like(id, &value)?.pop() {
        Some(Value::Computed(computed)) => Ok(computed),
        _ => Ok(value),
    }
}
