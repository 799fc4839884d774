//! Constants as numbers on the host, and as values of our graph.

use std::rc::Rc;

use super::builder::Builder;
use super::node::Node;
use super::value::{Constant, Source, Value};
use crate::error::Error;
use crate::graph::ValueId;
use crate::onnx::array::{Array, MOST_VALUES};
use crate::tensor::{Element, HostTensor, Type};

impl Builder<'_> {
    /// Returns the numbers of `value`.
    pub fn array(&self, value: &Value) -> Result<Rc<Array>, String> {
        match value {
            Value::Constant(constant) => self.numbers(constant),
            Value::Computed(_) | Value::Unknown => {
                Err("an input that the file must fix depends on the image".to_owned())
            }
        }
    }

    fn numbers(&self, constant: &Constant) -> Result<Rc<Array>, String> {
        if let Some(array) = constant.array.get() {
            return Ok(Rc::clone(array));
        }
        if constant.count() > MOST_VALUES {
            let count = constant.count();
            return Err(format!(
                "constants of at most {MOST_VALUES} elements are computed, found {count}"
            ));
        }
        let array = match &constant.source {
            // Its array is set when it is made.
            Source::Known => return Err("a constant has no values".to_owned()),
            Source::Stored(name) => {
                let stored = &self.file.stored;
                let tensor = stored.tensors.get(name);
                let tensor = tensor.ok_or_else(|| format!("there is no initializer {name}"))?;
                stored.read(tensor).map_err(|error| error.to_string())?
            }
            Source::Result(node, index) => {
                let results = self.folded(node)?;
                let result = results.into_iter().nth(*index);
                result.ok_or_else(|| "a constant cannot be computed".to_owned())?
            }
        };
        self.budget.take(array.count())?;
        Ok(Rc::clone(constant.array.get_or_init(|| Rc::new(array))))
    }

    /// Returns the results of a node of constants.
    pub(super) fn folded(&self, node: &Node) -> Result<Vec<Array>, String> {
        let inputs = node.inputs.iter();
        let inputs = inputs.map(|input| input.as_ref().map(|input| self.array(input)).transpose());
        let inputs: Vec<Option<Rc<Array>>> = inputs.collect::<Result<_, String>>()?;
        let results = match node.operation.fold {
            Some(fold) => fold(node, &inputs)?,
            None => self.evaluated(node, &inputs)?,
        };
        match results.iter().all(|result| result.count() <= MOST_VALUES) {
            true => Ok(results),
            false => Err(format!(
                "constants of at most {MOST_VALUES} elements are computed"
            )),
        }
    }

    /// Returns `constant` as a value of our graph.
    pub(super) fn constant(&mut self, constant: &Constant) -> Result<ValueId, String> {
        if let Some(&id) = constant.id.get() {
            return Ok(id);
        }
        let failed = |error: Error| error.to_string();
        let id = match &constant.source {
            Source::Stored(name) if constant.ty.is_float() => {
                let ty = Type::shared(Element::F32, &constant.dims).map_err(failed)?;
                self.graph
                    .add_stored(name.as_str(), ty, true)
                    .map_err(failed)?
            }
            _ => {
                let array = self.numbers(constant)?;
                self.known(&array.dims, array.to_floats())?
            }
        };
        Ok(*constant.id.get_or_init(|| id))
    }

    /// Returns a parameter that training does not change by gradients.
    pub fn statistic(&mut self, value: &Value) -> Result<ValueId, String> {
        if let Value::Constant(constant) = value
            && let (Source::Stored(name), None) = (&constant.source, constant.id.get())
            && constant.ty.is_float()
        {
            let ty = Type::shared(Element::F32, &constant.dims);
            let added = ty.and_then(|ty| self.graph.add_stored(name.as_str(), ty, false));
            return added.map_err(|error| error.to_string());
        }
        self.tensor(value).map(|value| value.id)
    }

    /// Adds a constant with these values.
    pub fn known(&mut self, dims: &[usize], values: Vec<f64>) -> Result<ValueId, String> {
        self.budget.take(values.len())?;
        let values: Vec<f32> = values.into_iter().map(|value| value as f32).collect();
        let tensor = HostTensor::new(dims, values).map_err(|error| error.to_string())?;
        let name = format!("{}.constant", self.name);
        let added = self.graph.add_known(name, tensor);
        added.map_err(|error| error.to_string())
    }

    /// Returns the only number of `value`, or `None` if it has more or depends on the image.
    pub fn number(&self, value: &Value) -> Option<f64> {
        match value {
            Value::Constant(constant) if constant.count() == 1 => {
                self.numbers(constant).ok()?.scalar()
            }
            _ => None,
        }
    }

    /// Returns the integers of input `index` of `node`, or `None` if it is absent.
    pub fn ints(&self, node: &Node, index: usize) -> Result<Option<Vec<i64>>, String> {
        let Some(value) = node.optional(index) else {
            return Ok(None);
        };
        let array = self.array(value)?;
        let ints = array.as_ints().map(<[i64]>::to_vec);
        let expected = || format!("expected input {} of integers", index + 1);
        ints.map(Some).ok_or_else(expected)
    }

    /// Returns the numbers of input `index` of `node`, or `None` if it is absent or empty.
    pub fn floats(&self, node: &Node, index: usize) -> Result<Option<Vec<f64>>, String> {
        let Some(value) = node.optional(index) else {
            return Ok(None);
        };
        let array = self.array(value)?;
        Ok((array.count() > 0).then(|| array.to_floats()))
    }
}

/// Returns the inputs of `node` that are constants, and whether all are.
pub(super) fn constants(node: &Node) -> (Vec<&Rc<Constant>>, bool) {
    let inputs = node.inputs.iter().flatten();
    let constants: Vec<&Rc<Constant>> = inputs
        .clone()
        .filter_map(|input| match input {
            Value::Constant(constant) => Some(constant),
            _ => None,
        })
        .collect();
    let is_constant = constants.len() == inputs.count();
    (constants, is_constant)
}

/// Returns the results of nodes of our graph as constants that can be computed on the host, too.
pub(super) fn deferred(node: &Node, results: Vec<Value>) -> Vec<Value> {
    let results = results.into_iter().enumerate();
    results
        .map(|(index, result)| match result {
            Value::Computed(computed) => Value::Constant(Rc::new(Constant {
                ty: computed.ty,
                dims: computed.dims,
                source: Source::Result(Box::new(node.clone()), index),
                array: Default::default(),
                id: computed.id.into(),
            })),
            other => other,
        })
        .collect()
}
