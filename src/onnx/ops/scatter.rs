//! Values at constant indices: picked one by one or in blocks, and replaced by others.

use std::rc::Rc;

use super::Operation;
use super::composed::Parts;
use super::select::taken;
use crate::onnx::array::{Array, MOST_VALUES, for_each_index, strides};
use crate::onnx::build::{Builder, Node, Value, axis};
use crate::onnx::data_type::DataType;
use crate::onnx::fold::input;

pub const OPERATIONS: &[Operation] = &[
    Operation {
        fold: Some(|node, inputs| picked(node, inputs, places_along)),
        ..Operation::of_images("GatherElements", &[11, 13], &["axis"], |builder, node| {
            gathered(builder, node, places_along)
        })
    },
    Operation {
        fold: Some(|node, inputs| picked(node, inputs, places_of_blocks)),
        ..Operation::of_images(
            "GatherND",
            &[11, 12, 13],
            &["batch_dims"],
            |builder, node| gathered(builder, node, places_of_blocks),
        )
    },
    Operation {
        fold: Some(|node, inputs| replaced(node, inputs, places_along)),
        ..Operation::of_images(
            "ScatterElements",
            &[11, 13, 16, 18],
            &["axis", "reduction"],
            |builder, node| scattered(builder, node, places_along),
        )
    },
    Operation {
        fold: Some(|node, inputs| replaced(node, inputs, places_in_order)),
        ..Operation::of_images(
            "ScatterND",
            &[11, 13, 16, 18],
            &["reduction"],
            |builder, node| scattered(builder, node, places_in_order),
        )
    },
];

/// Positions of values in data of some extents, and their extents.
struct Places {
    places: Vec<usize>,
    dims: Vec<usize>,
}

/// Finds the places that indices mean, for data of extents `dims`.
type Find = fn(&Node, dims: &[usize], indices: &Array) -> Result<Places, String>;

/// One index for each value: its place along the axis.
fn places_along(node: &Node, dims: &[usize], indices: &Array) -> Result<Places, String> {
    let at = node.axis("axis", 0, dims.len())?;
    let fits = |axis: usize| axis == at || indices.dims[axis] <= dims[axis];
    if indices.dims.len() != dims.len() || !(0..dims.len()).all(fits) {
        return Err(format!("indices {:?} do not fit {dims:?}", indices.dims));
    }
    let numbers = indices.as_ints().ok_or("expected indices of integers")?;
    let (steps, mut numbers) = (strides(dims), numbers.iter());
    let mut places = Vec::with_capacity(indices.count());
    for_each_index(&indices.dims, |index| {
        let number = numbers.next().copied().unwrap_or_default();
        let others = (0..dims.len()).filter(|&axis| axis != at);
        let others: usize = others.map(|axis| index[axis] * steps[axis]).sum();
        places.push(axis(number, dims[at]).map(|place| others + place * steps[at]));
    });
    Ok(Places {
        places: places.into_iter().collect::<Result<_, _>>()?,
        dims: indices.dims.clone(),
    })
}

/// The last axis of the indices has those of a block of values.
fn places_of_blocks(node: &Node, dims: &[usize], indices: &Array) -> Result<Places, String> {
    let batch = node.int("batch_dims", 0)?;
    blocks(usize::try_from(batch).unwrap_or(usize::MAX), dims, indices)
}

fn places_in_order(_: &Node, dims: &[usize], indices: &Array) -> Result<Places, String> {
    blocks(0, dims, indices)
}

fn blocks(batch: usize, dims: &[usize], indices: &Array) -> Result<Places, String> {
    let refused = || format!("indices {:?} do not fit {dims:?}", indices.dims);
    let (&depth, outer) = indices.dims.split_last().ok_or_else(refused)?;
    let depth_end = batch.checked_add(depth).filter(|&end| end <= dims.len());
    let depth_end = depth_end.ok_or_else(refused)?;
    if batch > outer.len() || outer[..batch] != dims[..batch] || depth == 0 {
        return Err(refused());
    }
    let numbers = indices.as_ints().ok_or("expected indices of integers")?;
    let (steps, block) = (strides(dims), dims[depth_end..].iter().product::<usize>());
    let per_batch = outer[batch..].iter().product::<usize>();
    let mut places = Vec::new();
    for (index, tuple) in numbers.chunks(depth).enumerate() {
        let first = match batch {
            0 => 0,
            batch => index / per_batch.max(1) * steps[batch - 1],
        };
        let mut first = first;
        for (offset, &number) in tuple.iter().enumerate() {
            let at = batch + offset;
            first += axis(number, dims[at])? * steps[at];
        }
        if places.len().saturating_add(block) > MOST_VALUES {
            return Err(format!("more than {MOST_VALUES} values are too many"));
        }
        places.extend(first..first + block);
    }
    let mut all = outer.to_vec();
    all.extend(&dims[depth_end..]);
    Ok(Places { places, dims: all })
}

fn picked(node: &Node, inputs: &[Option<Rc<Array>>], find: Find) -> Result<Vec<Array>, String> {
    let (data, indices) = (input(inputs, 0)?, input(inputs, 1)?);
    let Places { places, dims } = find(node, &data.dims, indices)?;
    Ok(vec![Array {
        ty: data.ty,
        dims,
        values: data.values.picked(places.into_iter()),
    }])
}

fn gathered(builder: &mut Builder<'_>, node: &Node, find: Find) -> Result<Vec<Value>, String> {
    let data = node.input(0)?;
    let indices = builder.array(node.input(1)?)?;
    let Places { places, dims } = find(node, data.dims(), &indices)?;
    at_places(builder, data, &places, dims).map(|value| vec![value])
}

/// Returns the values at `places` of all values of `data`, with extents `dims`.
fn at_places(
    builder: &mut Builder<'_>,
    data: &Value,
    places: &[usize],
    dims: Vec<usize>,
) -> Result<Value, String> {
    let tensor = builder.tensor(data)?;
    let whole = builder.whole(&tensor)?;
    let count = whole.dims.iter().product();
    let flat = builder.view(whole.id, &[count])?;
    let id = taken(builder, flat, 0, places)?;
    let id = builder.view(id, &dims)?;
    builder.result(id, whole.ty, dims, false)
}

fn check_reduction(node: &Node) -> Result<(), String> {
    let lists_reduction = node.operation.attributes.contains(&"reduction");
    match lists_reduction
        .then(|| node.text("reduction", "none"))
        .transpose()?
    {
        Some(reduction) if reduction != "none" => {
            Err(format!("the reduction {reduction} is not supported"))
        }
        _ => Ok(()),
    }
}

/// Returns for each value of data of `count` values the update that replaces it, if any. The last one counts.
fn updates(places: &[usize], count: usize) -> Vec<Option<usize>> {
    let mut sources = vec![None; count];
    for (update, &place) in places.iter().enumerate() {
        sources[place] = Some(update);
    }
    sources
}

fn replaced(node: &Node, inputs: &[Option<Rc<Array>>], find: Find) -> Result<Vec<Array>, String> {
    check_reduction(node)?;
    let (data, indices, new) = (input(inputs, 0)?, input(inputs, 1)?, input(inputs, 2)?);
    let places = find(node, &data.dims, indices)?.places;
    if places.len() != new.count() || data.values.is_float() != new.values.is_float() {
        return Err(format!(
            "expected {} updates, found {}",
            places.len(),
            new.count()
        ));
    }
    let mut both = data.values.clone();
    both.extend(&new.values, 0..new.count());
    let sources = updates(&places, data.count()).into_iter().enumerate();
    let sources =
        sources.map(|(place, update)| update.map_or(place, |update| data.count() + update));
    Ok(vec![Array {
        ty: data.ty,
        dims: data.dims.clone(),
        values: both.picked(sources),
    }])
}

/// Chooses between the data and the updates at their places.
fn scattered(builder: &mut Builder<'_>, node: &Node, find: Find) -> Result<Vec<Value>, String> {
    check_reduction(node)?;
    let (data, new) = (node.input(0)?, node.input(2)?);
    let indices = builder.array(node.input(1)?)?;
    let dims = data.dims().to_vec();
    let places = find(node, &dims, &indices)?.places;
    if places.len() != new.dims().iter().product::<usize>() {
        return Err(format!(
            "expected {} updates, found {:?}",
            places.len(),
            new.dims()
        ));
    }
    let sources = updates(&places, dims.iter().product());
    let is_new = sources
        .iter()
        .map(|update| update.is_some().into())
        .collect();
    let mask = Value::known(Array::ints(DataType::Bool, dims.clone(), is_new));
    // Any update is at the places that are not replaced.
    let sources: Vec<usize> = sources.into_iter().map(Option::unwrap_or_default).collect();
    let spread = match new {
        Value::Constant(_) => {
            let new = builder.array(new)?;
            Value::known(Array {
                ty: new.ty,
                dims,
                values: new.values.picked(sources.into_iter()),
            })
        }
        _ => at_places(builder, new, &sources, dims)?,
    };
    let mut parts = Parts::new(builder, node);
    Ok(vec![parts.add("Where", &[&mask, &spread, data], &[])?])
}
