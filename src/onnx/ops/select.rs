//! Selection and repetition of values.

use std::rc::Rc;

use super::Operation;
use super::rows::multiplied;
use crate::graph::{Expand, Op, Slice, SliceAxis, ValueId};
use crate::onnx::array::{Array, MOST_VALUES, count, strides};
use crate::onnx::build::{Builder, Node, Value, axis};
use crate::onnx::fold::{self, broadcast_dims, input, ints, picked};
use crate::tensor::Dims;

pub const OPERATIONS: &[Operation] = &[
    Operation {
        fold: Some(fold_gather),
        ..Operation::of_images("Gather", &[1, 11, 13], &["axis"], gather)
    },
    Operation {
        fold: Some(fold_expand),
        ..Operation::of_images("Expand", &[8, 13], &[], expand)
    },
    Operation {
        fold: Some(fold_tile),
        ..Operation::of_images("Tile", &[1, 6, 13], &[], tile)
    },
];

fn gather(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let input = node.input(0)?;
    let axis = node.axis("axis", 0, input.rank())?;
    let indices = builder.array(node.input(1)?)?;
    let extent = input.dims()[axis];
    let places = places(&indices, extent)?;
    let value = builder.along(input, &[axis])?;
    let id = taken(builder, value.id, value.axis(axis), &places)?;
    let mut dims = value.dims[..axis].to_vec();
    dims.extend(&indices.dims);
    dims.extend(&value.dims[axis + 1..]);
    let id = builder.view(id, &dims[usize::from(value.has_images)..])?;
    Ok(vec![builder.result(
        id,
        value.ty,
        dims,
        value.has_images,
    )?])
}

/// Returns the values at `places` along `axis` of our graph.
pub fn taken(
    builder: &mut Builder<'_>,
    id: ValueId,
    axis: usize,
    places: &[usize],
) -> Result<ValueId, String> {
    let extents = builder.extents(id);
    let whole = SliceAxis::whole(extents[axis]);
    match regular(places) {
        Some(range) if range == whole => Ok(id),
        Some(range) => {
            let axes = extents.iter().map(|&extent| SliceAxis::whole(extent));
            let mut axes: Vec<SliceAxis> = axes.collect();
            axes[axis] = range;
            builder.op(Op::Slice(Slice { axes }), &[id])
        }
        // Each row of the matrix has one 1, so the product is exact.
        None => {
            let extent = extents[axis];
            if places.len().saturating_mul(extent) > MOST_VALUES {
                return Err(format!("{} of {extent} values are too many", places.len()));
            }
            let mut matrix = vec![0.0; places.len() * extent];
            for (row, &place) in places.iter().enumerate() {
                matrix[row * extent + place] = 1.0;
            }
            let weight = builder.known(&[places.len(), extent], matrix)?;
            multiplied(builder, id, axis, weight, None)
        }
    }
}

/// Returns the indices as places along an axis of `extent`.
fn places(indices: &Array, extent: usize) -> Result<Vec<usize>, String> {
    let indices = indices.as_ints().ok_or("expected indices of integers")?;
    indices
        .iter()
        .map(|&index| axis_index(index, extent))
        .collect()
}

fn axis_index(index: i64, extent: usize) -> Result<usize, String> {
    axis(index, extent).map_err(|_| format!("expected indices below {extent}, found {index}"))
}

/// Returns places with equal distances as a range.
fn regular(places: &[usize]) -> Option<SliceAxis> {
    let &begin = places.first()?;
    let step = match places {
        [first, second, ..] => *second as isize - *first as isize,
        _ => 1,
    };
    let follows = |pair: &[usize]| pair[1] as isize - pair[0] as isize == step;
    let is_regular = step != 0 && places.windows(2).all(follows);
    is_regular.then_some(SliceAxis {
        begin,
        step,
        count: places.len(),
    })
}

fn expand(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let target = builder
        .ints(node, 1)?
        .ok_or("expected a shape, found none")?;
    let target = extents(&target)?;
    let input = node.input(0)?;
    let dims = broadcast_dims([input.dims(), &*target].into_iter())?;
    let value = builder.tensor(input)?;
    if dims == value.dims {
        return Ok(vec![Value::Computed(value)]);
    }
    let keeps_images = value.has_images && value.rank() == dims.len() && dims[0] == value.dims[0];
    let value = match keeps_images {
        true => value,
        false => builder.whole(&value)?,
    };
    let own = Dims::new(&dims[usize::from(keeps_images)..]).map_err(|error| error.to_string())?;
    let id = builder.op(Op::Expand(Expand { dims: own }), &[value.id])?;
    Ok(vec![builder.result(id, value.ty, dims, keeps_images)?])
}

/// Repeats whole axes: each axis of `extent` becomes `[repeats, extent]`, and both are joined again.
fn tile(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let input = node.input(0)?;
    let repeats = builder
        .ints(node, 1)?
        .ok_or("expected repeats, found none")?;
    let repeats = extents(&repeats)?;
    if repeats.len() != input.rank() || repeats.contains(&0) {
        return Err(format!(
            "{:?} cannot repeat {repeats:?} times",
            input.dims()
        ));
    }
    let changed: Vec<usize> = (0..repeats.len())
        .filter(|&axis| repeats[axis] > 1)
        .collect();
    let value = builder.along(input, &changed)?;
    let mut id = value.id;
    for axis in changed {
        let (own, count) = (value.axis(axis), repeats[axis]);
        let mut dims = builder.extents(id);
        let extent = dims[own];
        dims.insert(own, 1);
        id = builder.view(id, &dims)?;
        dims[own] = count;
        let repeated = Dims::new(&dims).map_err(|error| error.to_string())?;
        id = builder.op(Op::Expand(Expand { dims: repeated }), &[id])?;
        dims.remove(own);
        dims[own] = extent * count;
        id = builder.view(id, &dims)?;
    }
    builder.like(id, &value)
}

fn extents(target: &[i64]) -> Result<Vec<usize>, String> {
    let dims = target.iter().map(|&extent| usize::try_from(extent).ok());
    let dims: Option<Vec<usize>> = dims.collect();
    dims.ok_or_else(|| format!("expected a shape, found {target:?}"))
}

fn fold_gather(node: &Node, inputs: &[Option<Rc<Array>>]) -> Result<Vec<Array>, String> {
    let (array, indices) = (input(inputs, 0)?, input(inputs, 1)?);
    let axis = axis(node.int("axis", 0)?, array.dims.len())?;
    let places = places(indices, array.dims[axis])?;
    let mut dims = array.dims[..axis].to_vec();
    dims.push(places.len());
    dims.extend(&array.dims[axis + 1..]);
    if !is_small(&dims) {
        return Err(format!(
            "constants of at most {MOST_VALUES} elements are computed"
        ));
    }
    let strides = strides(&array.dims);
    let gathered = picked(array, &dims, |index| {
        let all = index.iter().enumerate();
        let all =
            all.map(|(at, &index)| strides[at] * if at == axis { places[index] } else { index });
        all.sum()
    });
    let mut dims = array.dims[..axis].to_vec();
    dims.extend(&indices.dims);
    dims.extend(&array.dims[axis + 1..]);
    Ok(vec![gathered.with_dims(dims)])
}

fn fold_expand(_: &Node, inputs: &[Option<Rc<Array>>]) -> Result<Vec<Array>, String> {
    let array = input(inputs, 0)?;
    let target = extents(ints(inputs, 1)?.ok_or("expected a shape, found none")?)?;
    let dims = broadcast_dims([&*array.dims, &*target].into_iter())?;
    Ok(vec![fold::broadcast(array, &dims)?])
}

fn fold_tile(_: &Node, inputs: &[Option<Rc<Array>>]) -> Result<Vec<Array>, String> {
    let array = input(inputs, 0)?;
    let repeats = extents(ints(inputs, 1)?.ok_or("expected repeats, found none")?)?;
    let dims = array
        .dims
        .iter()
        .zip(&repeats)
        .map(|(extent, repeats)| extent.checked_mul(*repeats));
    let dims: Option<Vec<usize>> = dims.collect();
    let dims = dims.filter(|dims| repeats.len() == array.dims.len() && is_small(dims));
    let dims = dims.ok_or_else(|| format!("{:?} cannot repeat {repeats:?} times", array.dims))?;
    let strides = strides(&array.dims);
    Ok(vec![picked(array, &dims, |index| {
        let all = index.iter().zip(&array.dims).zip(&strides);
        all.map(|((index, extent), stride)| index % extent * stride)
            .sum()
    })])
}

fn is_small(dims: &[usize]) -> bool {
    count(dims).is_some_and(|count| count <= MOST_VALUES)
}
