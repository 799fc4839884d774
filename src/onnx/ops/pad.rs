//! Padding.

use super::Operation;
use super::join::{inverse, to_front};
use super::select::taken;
use crate::graph::{Number, Op, Pad, Padding, Slice, SliceAxis, ValueId};
use crate::onnx::build::{Builder, Computed, Node, Value, axis};

pub const OPERATIONS: &[Operation] = &[Operation::of_images(
    "Pad",
    &[1, 2, 11, 13, 18, 19, 21, 23, 24, 25],
    &["mode", "pads", "value"],
    pad,
)];

/// The most values along an axis that is padded with values of the input.
const MOST_PLACES: u64 = 1 << 20;

fn pad(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let input = node.input(0)?;
    let pads = borders(builder, node, input.rank())?;
    let changed: Vec<usize> = (0..pads.len())
        .filter(|&axis| pads[axis] != [0, 0])
        .collect();
    let mut value = builder.along(input, &changed)?;
    if changed.is_empty() {
        return Ok(vec![Value::Computed(value)]);
    }
    let own = &pads[usize::from(value.has_images)..];
    let mode = node.text("mode", "constant")?;
    if mode != "constant" {
        return mirrored(builder, value, own, &mode);
    }
    let number = match node.optional(2) {
        Some(number) => builder.number(number).ok_or("expected a constant value")?,
        None => node.float("value", 0.0)?,
    };
    value = cropped(builder, value, own)?;
    if own.iter().flatten().all(|&side| side <= 0) {
        return Ok(vec![Value::Computed(value)]);
    }
    // An axis that is not padded becomes the channels of an image.
    if own.len() == 3
        && value.has_images
        && let Some(channels) = own.iter().position(|&sides| sides == [0, 0])
    {
        let order = to_front(channels, own.len());
        let sides: Vec<[i64; 2]> = order[1..].iter().map(|&axis| own[axis]).collect();
        let image = builder.permuted(value.id, &order)?;
        let image = padded(builder, image, [sides[0], sides[1]], number)?;
        let id = builder.permuted(image, &inverse(&order))?;
        return builder.like(id, &value);
    }
    // Each axis in turn becomes the rows of an image.
    let mut id = value.id;
    let rank = own.len();
    for axis in (0..rank).filter(|&axis| own[axis] != [0, 0]) {
        let order = to_front(axis, rank);
        let moved = builder.permuted(id, &order)?;
        let extents = builder.extents(moved);
        let rest: usize = extents[1..].iter().product();
        let image = builder.view(moved, &[1, extents[0], rest])?;
        let image = padded(builder, image, [own[axis], [0, 0]], number)?;
        let mut result = extents;
        result[0] = builder.extents(image)[1];
        let moved = builder.view(image, &result)?;
        id = builder.permuted(moved, &inverse(&order))?;
    }
    builder.like(id, &value)
}

/// Pads rows and columns of an image. Negative numbers are no padding.
fn padded(
    builder: &mut Builder<'_>,
    image: ValueId,
    [rows, columns]: [[i64; 2]; 2],
    value: f64,
) -> Result<ValueId, String> {
    let side = |side: i64| usize::try_from(side.max(0)).unwrap_or(0);
    let padding = Padding {
        top: side(rows[0]),
        left: side(columns[0]),
        bottom: side(rows[1]),
        right: side(columns[1]),
    };
    let value = Number(value.max(f32::MIN.into()).min(f32::MAX.into()));
    builder.op(Op::Pad(Pad { padding, value }), &[image])
}

/// Returns the values that are added before and after each axis. A negative number removes values.
fn borders(builder: &Builder<'_>, node: &Node, rank: usize) -> Result<Vec<[i64; 2]>, String> {
    let pads = match builder.ints(node, 1)? {
        Some(pads) => pads,
        None => node.ints("pads")?.ok_or("expected pads, found none")?,
    };
    let axes: Vec<usize> = match builder.ints(node, 3)? {
        Some(axes) => axes
            .iter()
            .map(|&at| axis(at, rank))
            .collect::<Result<_, _>>()?,
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

/// Pads with values of the input.
fn mirrored(
    builder: &mut Builder<'_>,
    value: Computed,
    borders: &[[i64; 2]],
    mode: &str,
) -> Result<Vec<Value>, String> {
    let mut id = value.id;
    for (axis, &[before, after]) in borders.iter().enumerate() {
        let extent = value.extents()[axis] as i64;
        let place = |index: i64| match mode {
            "edge" => Ok(index.clamp(0, extent - 1)),
            "wrap" => Ok(index.rem_euclid(extent)),
            "reflect" => {
                let period = (2 * (extent - 1)).max(1);
                let index = index.rem_euclid(period);
                Ok(index.min(period - index))
            }
            other => Err(format!("mode {other} is not known")),
        };
        let end = extent.saturating_add(after);
        if before.unsigned_abs() > MOST_PLACES || end.unsigned_abs() > MOST_PLACES {
            return Err(format!("a border of {before} and {after} is too large"));
        }
        let places = (-before..end).map(place);
        let places = places.map(|place| place.map(|place| place as usize));
        let places: Vec<usize> = places.collect::<Result<_, String>>()?;
        id = taken(builder, id, axis, &places)?;
    }
    builder.like(id, &value)
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
            _ => {
                return Err(format!(
                    "removing {border:?} leaves nothing of {:?}",
                    value.dims
                ));
            }
        }
    }
    let id = builder.op(Op::Slice(Slice { axes }), &[value.id])?;
    match builder.like(id, &value)?.pop() {
        Some(Value::Computed(computed)) => Ok(computed),
        _ => Ok(value),
    }
}
