//! Sums along an axis up to each value, and triangles of matrices.

use std::rc::Rc;

use super::Operation;
use super::composed::{Parts, number};
use super::rows::multiplied;
use crate::onnx::array::{Array, MOST_VALUES, Numbers, for_each_index, strides};
use crate::onnx::build::{Builder, Node, Value, axis};
use crate::onnx::data_type::DataType;
use crate::onnx::fold::input;

pub const OPERATIONS: &[Operation] = &[
    Operation {
        fold: Some(fold_sums),
        ..Operation::of_images("CumSum", &[11, 14], &["exclusive", "reverse"], sums)
    },
    Operation {
        fold: Some(fold_triangle),
        ..Operation::of_images("Trilu", &[14], &["upper"], triangle)
    },
];

/// Which values a sum has.
struct Sums {
    axis: usize,
    is_exclusive: bool,
    is_reversed: bool,
}

impl Sums {
    fn new(node: &Node, given: Option<f64>, rank: usize) -> Result<Self, String> {
        let given = given.ok_or("expected one axis")?;
        Ok(Self {
            axis: axis(given as i64, rank)?,
            is_exclusive: node.flag("exclusive", false)?,
            is_reversed: node.flag("reverse", false)?,
        })
    }

    /// Whether the sum at `place` has the value at `other`.
    fn has(&self, place: usize, other: usize) -> bool {
        match (self.is_exclusive, self.is_reversed) {
            (false, false) => other <= place,
            (true, false) => other < place,
            (false, true) => other >= place,
            (true, true) => other > place,
        }
    }
}

/// The product with a triangle of ones.
fn sums(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let x = node.input(0)?;
    let sums = Sums::new(node, builder.array(node.input(1)?)?.scalar(), x.rank())?;
    let value = builder.along(x, &[sums.axis])?;
    let extent = value.dims[sums.axis];
    if extent.saturating_mul(extent) > MOST_VALUES {
        return Err(format!("sums of {extent} values are too many"));
    }
    let places = (0..extent).flat_map(|place| (0..extent).map(move |other| (place, other)));
    let matrix = places.map(|(place, other)| f64::from(u8::from(sums.has(place, other))));
    let matrix = matrix.collect();
    let weight = builder.known(&[extent, extent], matrix)?;
    let id = multiplied(builder, value.id, value.axis(sums.axis), weight, None)?;
    builder.like(id, &value)
}

fn fold_sums(node: &Node, inputs: &[Option<Rc<Array>>]) -> Result<Vec<Array>, String> {
    let array = input(inputs, 0)?;
    let sums = Sums::new(node, input(inputs, 1)?.scalar(), array.dims.len())?;
    let (extent, step) = (array.dims[sums.axis], strides(&array.dims)[sums.axis]);
    let values = array.to_floats();
    let mut summed = vec![0.0; values.len()];
    for first in (0..values.len()).filter(|index| index / step % extent == 0) {
        let mut sum = 0.0;
        for place in 0..extent {
            let place = match sums.is_reversed {
                true => extent - 1 - place,
                false => place,
            };
            let index = first + place * step;
            let before = sum;
            sum += values[index];
            summed[index] = if sums.is_exclusive { before } else { sum };
        }
    }
    let dims = array.dims.clone();
    Ok(vec![match array.values {
        Numbers::Float(_) => Array::floats(array.ty, dims, summed),
        Numbers::Int(_) => {
            let summed = summed.into_iter().map(|sum| sum as i64).collect();
            Array::ints(array.ty, dims, summed)
        }
    }])
}

/// Returns 1 at the values of the triangle of matrices of `dims`, which are the last two axes.
fn mask(node: &Node, shift: Option<f64>, dims: &[usize]) -> Result<Array, String> {
    let &[.., rows, columns] = dims else {
        return Err(format!("expected matrices, found {dims:?}"));
    };
    if rows.saturating_mul(columns) > MOST_VALUES {
        return Err(format!("a triangle of {rows}x{columns} is too large"));
    }
    let (shift, is_upper) = (shift.unwrap_or(0.0) as i64, node.flag("upper", true)?);
    let mut kept = Vec::with_capacity(rows * columns);
    for_each_index(&[rows, columns], |index| {
        let diagonal = (index[1] as i64).saturating_sub(index[0] as i64);
        let is_kept = match is_upper {
            true => diagonal >= shift,
            false => diagonal <= shift,
        };
        kept.push(is_kept.into());
    });
    Ok(Array::ints(DataType::Bool, vec![rows, columns], kept))
}

fn triangle(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let shift = match node.optional(1) {
        Some(shift) => builder.array(shift)?.scalar(),
        None => None,
    };
    let x = node.input(0)?;
    let mask = Value::known(mask(node, shift, x.dims())?);
    let mut parts = Parts::new(builder, node);
    Ok(vec![
        parts
            .add("Where", &[&mask, x, &number(0.0)], &[])?
            .with_type(x.ty()),
    ])
}

fn fold_triangle(node: &Node, inputs: &[Option<Rc<Array>>]) -> Result<Vec<Array>, String> {
    let array = input(inputs, 0)?;
    let shift = inputs
        .get(1)
        .and_then(Option::as_deref)
        .and_then(Array::scalar);
    let mask = mask(node, shift, &array.dims)?;
    let kept = mask.as_ints().unwrap_or_default();
    let mut result = array.clone();
    match &mut result.values {
        Numbers::Float(values) => {
            let kept = kept.iter().cycle();
            values.iter_mut().zip(kept).for_each(|(value, &kept)| {
                if kept == 0 {
                    *value = 0.0;
                }
            });
        }
        Numbers::Int(values) => {
            let kept = kept.iter().cycle();
            values
                .iter_mut()
                .zip(kept)
                .for_each(|(value, kept)| *value *= kept);
        }
    }
    Ok(vec![result])
}
