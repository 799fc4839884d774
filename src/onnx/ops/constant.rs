//! Constants that a node has or makes.

use super::Operation;
use crate::onnx::array::{Array, MOST_VALUES, Numbers, count, for_each_index};
use crate::onnx::build::{Node, Value};
use crate::onnx::data_type::DataType;
use crate::onnx::fold::{input, ints};

pub const OPERATIONS: &[Operation] = &[
    Operation::of_constants(
        "Constant",
        &[1, 9, 11, 12, 13, 19, 21, 23, 24, 25],
        |node, _| {
            if let Some(array) = node.tensor("value")? {
                return Ok(vec![array]);
            }
            if let Some(number) = node.optional_float("value_float")? {
                return Ok(vec![Array::floats(DataType::F32, Vec::new(), vec![number])]);
            }
            if let Some(number) = node.optional_int("value_int")? {
                return Ok(vec![Array::ints(DataType::I64, Vec::new(), vec![number])]);
            }
            if let Some(numbers) = node.floats("value_floats") {
                let dims = vec![numbers.len()];
                return Ok(vec![Array::floats(DataType::F32, dims, numbers)]);
            }
            match node.ints("value_ints")? {
                Some(numbers) => Ok(vec![Array::list(numbers)]),
                None => Err("expected a value, found none".to_owned()),
            }
        },
    )
    .with_attributes(&[
        "value",
        "value_float",
        "value_floats",
        "value_int",
        "value_ints",
    ]),
    Operation::of_constants(
        "ConstantOfShape",
        &[9, 20, 21, 23, 24, 25],
        |node, inputs| {
            let dims = ints(inputs, 0)?.ok_or("expected a shape, found none")?;
            let dims: Option<Vec<usize>> = dims
                .iter()
                .map(|&extent| usize::try_from(extent).ok())
                .collect();
            let elements = dims.as_deref().and_then(count);
            let (Some(dims), Some(elements)) =
                (dims, elements.filter(|&count| count <= MOST_VALUES))
            else {
                return Err(format!(
                    "expected a shape of at most {MOST_VALUES} elements"
                ));
            };
            let value = node.tensor("value")?;
            let value = value.unwrap_or(Array::floats(DataType::F32, vec![1], vec![0.0]));
            if value.count() != 1 {
                return Err(format!("expected one value, found {}", value.count()));
            }
            let values = value.values.picked(std::iter::repeat_n(0, elements));
            Ok(vec![Array {
                ty: value.ty,
                dims,
                values,
            }])
        },
    )
    .with_attributes(&["value"]),
    Operation::of_images("EyeLike", &[9, 22], &["dtype", "k"], |_, node| eye(node)),
    Operation::of_constants("NonZero", &[9, 13], |_, inputs| non_zero(input(inputs, 0)?)),
    Operation::of_constants("Range", &[11, 27], |_, inputs| {
        let [start, limit, delta] = [input(inputs, 0)?, input(inputs, 1)?, input(inputs, 2)?];
        let numbers = [start, limit, delta].map(Array::scalar);
        let [Some(first), Some(end), Some(step)] = numbers else {
            return Err("expected a start, a limit and a step".to_owned());
        };
        let elements = ((end - first) / step).ceil().max(0.0);
        if step == 0.0 || elements.is_nan() || elements > MOST_VALUES as f64 {
            return Err(format!("expected at most {MOST_VALUES} elements"));
        }
        let elements = elements as usize;
        let values = (0..elements).map(|index| first + index as f64 * step);
        Ok(vec![match &start.values {
            Numbers::Float(_) => Array::floats(start.ty, vec![elements], values.collect()),
            Numbers::Int(_) => {
                let values = values.map(|value| value as i64).collect();
                Array::ints(start.ty, vec![elements], values)
            }
        }])
    }),
];

/// Ones on a diagonal of a matrix with the extents of the input.
fn eye(node: &Node) -> Result<Vec<Value>, String> {
    let like = node.input(0)?;
    let &[rows, columns] = like.dims() else {
        return Err(format!("expected a matrix, found {:?}", like.dims()));
    };
    if count(&[rows, columns]).is_none_or(|count| count > MOST_VALUES) {
        return Err(format!("expected at most {MOST_VALUES} elements"));
    }
    let ty = match node.optional_int("dtype")? {
        Some(code) => DataType::of_code(i32::try_from(code).unwrap_or_default())
            .map_err(|name| format!("{name} is not supported"))?,
        None => like.ty(),
    };
    let shift = node.int("k", 0)?;
    let places = (0..rows as i64).flat_map(|row| (0..columns as i64).map(move |at| (row, at)));
    let ones = places.map(|(row, column)| i64::from(column.checked_sub(row) == Some(shift)));
    let (dims, ones) = (vec![rows, columns], ones.collect::<Vec<i64>>());
    Ok(vec![Value::known(match ty.is_float() {
        true => Array::floats(ty, dims, ones.into_iter().map(|one| one as f64).collect()),
        false => Array::ints(ty, dims, ones),
    })])
}

/// The indices of the elements that are not 0: a row for each axis.
fn non_zero(array: &Array) -> Result<Vec<Array>, String> {
    let values = array.to_floats();
    let mut rows = vec![Vec::new(); array.dims.len()];
    let mut place = 0;
    for_each_index(&array.dims, |index| {
        if values[place] != 0.0 {
            let all = rows.iter_mut().zip(index);
            all.for_each(|(row, &index)| row.push(index as i64));
        }
        place += 1;
    });
    let found = rows.first().map_or(0, Vec::len);
    let dims = vec![rows.len(), found];
    Ok(vec![Array::ints(DataType::I64, dims, rows.concat())])
}
