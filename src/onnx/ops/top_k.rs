//! The largest values along an axis, and values at an index.

use super::Operation;
use super::composed::{Parts, count_along, int, list, number};
use crate::onnx::build::{Builder, Node, Value};
use crate::onnx::data_type::DataType;

/// The most values that are selected: each takes a pass over all values.
const MOST_SELECTED: usize = 128;

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images(
        "TopK",
        &[1, 10, 11, 24],
        &["axis", "k", "largest", "sorted"],
        top_k,
    ),
    Operation::of_images("Hardmax", &[1, 11, 13], &["axis"], hardmax),
    Operation::of_images("OneHot", &[9, 11, 28], &["axis"], one_hot),
];

/// Selects the largest value and its index, replaces it by one that is never selected, and so on.
fn top_k(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let x = node.input(0)?;
    let axis = node.axis("axis", -1, x.rank())?;
    let wanted = match node.opset < 10 {
        true => node.optional_int("k")?.map(|k| vec![k]),
        false => builder.ints(node, 1)?,
    };
    let extent = x.dims()[axis];
    let count = match wanted.as_deref() {
        Some(&[count]) => usize::try_from(count).unwrap_or(0),
        _ => return Err("expected one number of values, K".to_owned()),
    };
    if !(1..=extent.min(MOST_SELECTED)).contains(&count) {
        return Err(format!(
            "expected from 1 to {} of {extent} values, found {count}",
            extent.min(MOST_SELECTED)
        ));
    }
    // The order of the values is free if it is not asked for.
    node.flag("sorted", true)?;
    let (best, index, never) = match node.flag("largest", true)? {
        true => ("ReduceMax", "ArgMax", f32::MIN),
        false => ("ReduceMin", "ArgMin", f32::MAX),
    };
    let ty = x.ty();
    let mut parts = Parts::new(builder, node);
    let (never, places) = (number(never.into()), count_along(axis, x.rank(), extent));
    let axes = list(&[axis]);
    let mut left = x.clone();
    let (mut values, mut indices) = (Vec::new(), Vec::new());
    for _ in 0..count {
        values.push(parts.add(best, &[&left, &axes], &[])?);
        let found = parts.add(index, &[&left], &[int("axis", axis as i64)])?;
        if indices.len() + 1 < count {
            let is_found = parts.add("Equal", &[&found, &places], &[])?;
            left = parts.add("Where", &[&is_found, &never, &left], &[])?;
        }
        indices.push(found);
    }
    let mut joined = |all: &[Value], ty| {
        let all: Vec<&Value> = all.iter().collect();
        let joined = parts.add("Concat", &all, &[int("axis", axis as i64)])?;
        Ok::<_, String>(joined.with_type(ty))
    };
    Ok(vec![joined(&values, ty)?, joined(&indices, DataType::I64)?])
}

/// 1 at the first largest value along an axis, and 0 at the others. Before operator set 13, all axes from one on are one.
fn hardmax(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let x = node.input(0)?;
    let dims = x.dims().to_vec();
    let axis = match node.opset < 13 {
        true => node.axis("axis", 1, dims.len())?,
        false => node.axis("axis", -1, dims.len())?,
    };
    let ty = x.ty();
    let mut parts = Parts::new(builder, node);
    let (flat, axis) = match node.opset < 13 {
        true => {
            let flat = parts.add("Flatten", &[x], &[int("axis", axis as i64)])?;
            (flat, 1)
        }
        false => (x.clone(), axis),
    };
    let found = parts.add("ArgMax", &[&flat], &[int("axis", axis as i64)])?;
    let places = count_along(axis, flat.rank(), flat.dims()[axis]);
    let is_found = parts.add("Equal", &[&found, &places], &[])?;
    let result = parts.add("Reshape", &[&is_found, &list(&dims)], &[])?;
    Ok(vec![result.with_type(ty)])
}

/// One of two values at each place of a new axis: whether the place is the index. Negative indices count from the end.
fn one_hot(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let (indices, values) = (node.input(0)?, builder.array(node.input(2)?)?);
    let depth = builder.array(node.input(1)?)?.scalar();
    let extent = depth.map_or(0, |depth| depth as usize);
    let &[off, on] = &values.to_floats()[..] else {
        return Err("expected two values".to_owned());
    };
    let rank = indices.rank() + 1;
    let axis = node.axis("axis", -1, rank)?;
    if extent == 0 {
        return Err("expected a depth of at least 1".to_owned());
    }
    let mut parts = Parts::new(builder, node);
    let indices = indices.clone().with_type(DataType::F32);
    let is_negative = parts.add("Less", &[&indices, &number(0.0)], &[])?;
    let shift = parts.add("Mul", &[&is_negative, &number(extent as f64)], &[])?;
    let indices = parts.add("Add", &[&indices, &shift], &[])?;
    let indices = parts.add("Unsqueeze", &[&indices, &list(&[axis])], &[])?;
    let is_index = parts.add("Equal", &[&indices, &count_along(axis, rank, extent)], &[])?;
    let chosen = parts.add("Where", &[&is_index, &number(on), &number(off)], &[])?;
    Ok(vec![chosen.with_type(values.ty)])
}
