//! Nodes of constants without a rule of their own for the host. Each becomes a graph of its own, whose input is the first
//! constant, and the reference executor computes it.

use std::rc::Rc;

use super::builder::Builder;
use super::node::Node;
use super::value::{Computed, Value};
use crate::error::Error;
use crate::onnx::array::{Array, Numbers};
use crate::onnx::data_type::DataType;
use crate::reference::{Operand, Reference};
use crate::tensor::{Element, Type};
use crate::weights::Weights;

/// The most operations on floats of a node that is computed while a file is imported: about a second.
const MOST_OPERATIONS: u64 = 1 << 31;

/// The largest integer up to which f32 has all.
const LARGEST_INTEGER: u64 = 1 << 24;

/// The name of the input, and of the results.
const NAME: &str = "constant";

impl Builder<'_> {
    /// Returns the results of `node`, whose inputs have the values `arrays`.
    pub(super) fn evaluated(
        &self,
        node: &Node,
        arrays: &[Option<Rc<Array>>],
    ) -> Result<Vec<Array>, String> {
        let failed = |error: Error| error.to_string();
        check_integers(arrays.iter().flatten().map(Rc::as_ref))?;
        let mut builder = Builder::new(self.file, 1);
        builder.name.clone_from(&node.name);
        let mut inputs: Vec<Option<Value>> = arrays
            .iter()
            .map(|array| array.as_deref().cloned().map(Value::known))
            .collect();
        let Some(Some(first)) = arrays.first() else {
            return Err("it cannot be computed from constants".to_owned());
        };
        let input = builder.added(first)?;
        let ty = builder.graph_type(input.id);
        inputs[0] = Some(Value::Computed(input));
        let node = Node {
            inputs,
            ..node.clone()
        };
        let results = (node.operation.import)(&mut builder, &node)?;
        let computed = |result: &Value| matches!(result, Value::Computed(_));
        for (index, result) in results
            .iter()
            .enumerate()
            .filter(|(_, value)| computed(value))
        {
            builder.add_output(&format!("{NAME}{index}"), result)?;
        }
        let graph = builder.finish();
        let costs = graph.computed().map(|(id, _)| graph.cost(id).flops);
        if costs.fold(0, u64::saturating_add) > MOST_OPERATIONS {
            return Err(format!(
                "constants of at most {MOST_OPERATIONS} operations are computed"
            ));
        }
        let values = first.to_floats().into_iter().map(|value| value as f32);
        let values = Operand::new(ty, 1, values.collect::<Vec<f32>>()).map_err(failed)?;
        let mut outputs = Vec::new().into_iter();
        if results.iter().any(computed) {
            let reference = Reference::new(graph, &Weights::synthetic(0)).map_err(failed)?;
            outputs = reference.run_all(&[values]).map_err(failed)?.into_iter();
        }
        let arrays = results.into_iter().map(|result| match result {
            Value::Computed(computed) => array(&computed, outputs.next()),
            Value::Constant(_) => self.array(&result).map(|array| (*array).clone()),
            Value::Unknown => Err("a constant cannot be computed".to_owned()),
        });
        arrays.collect()
    }

    /// Adds an input with the extents of `array`.
    fn added(&mut self, array: &Array) -> Result<Computed, String> {
        let has_images = array.dims.len() >= 2 && array.dims[0] == 1;
        let extents = match &array.dims[usize::from(has_images)..] {
            // Each image has at least one axis.
            [] => &[1],
            extents => extents,
        };
        let ty = Type::per_image(Element::F32, extents).map_err(|error| error.to_string())?;
        Ok(Computed {
            id: self.input(NAME, ty)?,
            ty: array.ty,
            dims: array.dims.clone(),
            has_images,
        })
    }
}

/// Returns an output as the constant that it is.
fn array(computed: &Computed, output: Option<Operand<'_>>) -> Result<Array, String> {
    let output = output.ok_or("a constant cannot be computed")?;
    let (ty, dims, values) = (computed.ty, computed.dims.clone(), output.data());
    if ty.is_float() {
        let values = values.iter().map(|&value| value.into());
        return Ok(Array::floats(ty, dims, values.collect()));
    }
    let values = values.iter().map(|&value| value.round() as i64);
    let found = Array {
        ty,
        dims: dims.clone(),
        values: Numbers::Int(values.clone().collect()),
    };
    check_integers([&found])?;
    Ok(match ty {
        DataType::Bool => Array::ints(ty, dims, values.map(|value| (value != 0).into()).collect()),
        _ => found,
    })
}

/// Checks that f32 has the integers of `arrays`.
fn check_integers<'a>(arrays: impl IntoIterator<Item = &'a Array>) -> Result<(), String> {
    let is_large = |array: &Array| match &array.values {
        Numbers::Int(values) => {
            let mut values = values.iter();
            values.any(|value| value.unsigned_abs() > LARGEST_INTEGER)
        }
        _ => false,
    };
    match arrays.into_iter().any(is_large) {
        true => Err(format!(
            "integers of at most {LARGEST_INTEGER} are computed"
        )),
        false => Ok(()),
    }
}
