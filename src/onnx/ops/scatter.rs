//! Values at constant indices: picked one by one or in blocks, replaced by others, and combined with others.

use std::rc::Rc;

use super::Operation;
use super::composed::Parts;
use super::select::taken;
use crate::onnx::array::{Array, MOST_VALUES, Numbers, for_each_index, rounded, strides};
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
        fold: Some(|node, inputs| folded(node, inputs, places_along)),
        ..Operation::of_images(
            "ScatterElements",
            &[11, 13, 16, 18],
            &["axis", "reduction"],
            |builder, node| scattered(builder, node, places_along),
        )
    },
    Operation {
        fold: Some(|node, inputs| folded(node, inputs, places_in_order)),
        ..Operation::of_images(
            "ScatterND",
            &[11, 13, 16, 18],
            &["reduction"],
            |builder, node| scattered(builder, node, places_in_order),
        )
    },
];

/// The most new values for one place that are combined.
const MOST_ROUNDS: usize = 16;

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

/// What a new value does with the old one at its place.
struct Reduction {
    name: &'static str,
    /// The operation that combines both. Otherwise, the new one replaces the old one.
    operation: Option<&'static str>,
    float: fn(f64, f64) -> f64,
    int: fn(i64, i64) -> i64,
}

#[rustfmt::skip]
const REDUCTIONS: [Reduction; 5] = [
    Reduction { name: "none", operation: None, float: |_, new| new, int: |_, new| new },
    Reduction { name: "add", operation: Some("Add"), float: |old, new| old + new, int: i64::wrapping_add },
    Reduction { name: "mul", operation: Some("Mul"), float: |old, new| old * new, int: i64::wrapping_mul },
    Reduction { name: "min", operation: Some("Min"), float: f64::min, int: i64::min },
    Reduction { name: "max", operation: Some("Max"), float: f64::max, int: i64::max },
];

impl Reduction {
    fn of(node: &Node) -> Result<&'static Self, String> {
        let name = node.text("reduction", "none")?;
        let found = REDUCTIONS.iter().find(|known| known.name == name);
        found.ok_or_else(|| format!("the reduction {name} is not known"))
    }

    /// Returns rounds, in each of which a place has at most one new value: the index among the new values for each of
    /// `count` places. If new values replace the old ones, only the last one counts.
    fn rounds(&self, places: &[usize], count: usize) -> Result<Vec<Vec<Option<usize>>>, String> {
        let refused = || Err(format!("updates of {count} values are too many"));
        if count > MOST_VALUES {
            return refused();
        }
        let mut rounds = vec![vec![None; count]];
        let mut rounds_of_place = vec![0; count];
        for (new, &place) in places.iter().enumerate() {
            let round = rounds_of_place[place];
            if round == MOST_ROUNDS {
                return Err(format!(
                    "more than {MOST_ROUNDS} values for one place are not supported"
                ));
            }
            if round == rounds.len() {
                if (round + 1) * count > MOST_VALUES {
                    return refused();
                }
                rounds.push(vec![None; count]);
            }
            rounds[round][place] = Some(new);
            rounds_of_place[place] += usize::from(self.operation.is_some());
        }
        Ok(rounds)
    }
}

fn folded(node: &Node, inputs: &[Option<Rc<Array>>], find: Find) -> Result<Vec<Array>, String> {
    let reduction = Reduction::of(node)?;
    let (data, indices, new) = (input(inputs, 0)?, input(inputs, 1)?, input(inputs, 2)?);
    let places = find(node, &data.dims, indices)?.places;
    let refused = || {
        let (expected, found) = (places.len(), new.count());
        format!("expected {expected} updates of the type of the data, found {found}")
    };
    let mut result = data.clone();
    match (&mut result.values, &new.values) {
        _ if places.len() != new.count() => return Err(refused()),
        (Numbers::Float(values), Numbers::Float(new)) => {
            for (&place, &new) in places.iter().zip(new) {
                values[place] = rounded(data.ty, (reduction.float)(values[place], new));
            }
        }
        (Numbers::Int(values), Numbers::Int(new)) => {
            for (&place, &new) in places.iter().zip(new) {
                values[place] = (reduction.int)(values[place], new);
            }
        }
        _ => return Err(refused()),
    }
    Ok(vec![result])
}

/// Chooses between the data, and the data with new values at their places.
fn scattered(builder: &mut Builder<'_>, node: &Node, find: Find) -> Result<Vec<Value>, String> {
    let reduction = Reduction::of(node)?;
    let (mut data, new) = (node.input(0)?.clone(), node.input(2)?);
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
    for round in reduction.rounds(&places, dims.iter().product())? {
        let is_new = round.iter().map(|new| new.is_some().into()).collect();
        let mask = Value::known(Array::ints(DataType::Bool, dims.clone(), is_new));
        // Any new value is at the places that have none.
        let sources: Vec<usize> = round.into_iter().map(Option::unwrap_or_default).collect();
        let spread = spread(builder, new, &sources, &dims)?;
        let mut parts = Parts::new(builder, node);
        let changed = match reduction.operation {
            Some(operation) => parts.add(operation, &[&data, &spread], &[])?,
            None => spread,
        };
        data = parts.add("Where", &[&mask, &changed, &data], &[])?;
    }
    Ok(vec![data])
}

/// Returns the values of `new` at `sources`, with extents `dims`.
fn spread(
    builder: &mut Builder<'_>,
    new: &Value,
    sources: &[usize],
    dims: &[usize],
) -> Result<Value, String> {
    let Value::Constant(_) = new else {
        return at_places(builder, new, sources, dims.to_vec());
    };
    let new = builder.array(new)?;
    Ok(Value::known(Array {
        ty: new.ty,
        dims: dims.to_vec(),
        values: new.values.picked(sources.iter().copied()),
    }))
}
