//! Operations that are made of others, as functions of ONNX are.

use prost::bytes::Bytes;

use super::find;
use crate::onnx::array::Array;
use crate::onnx::build::{Builder, Node, Value};
use crate::onnx::data_type::DataType;
use crate::onnx::file::NEWEST;
use crate::onnx::schema::Attribute;

/// The node that is made of others.
pub struct Parts<'p, 'f> {
    pub builder: &'p mut Builder<'f>,
    node: &'p Node,
}

impl<'p, 'f> Parts<'p, 'f> {
    pub fn new(builder: &'p mut Builder<'f>, node: &'p Node) -> Self {
        Self { builder, node }
    }

    /// Returns the node that is made of others.
    pub fn node(&self) -> &'p Node {
        self.node
    }

    /// Adds the operation `name` of the newest operator set, and returns its only result.
    pub fn add(
        &mut self,
        name: &str,
        inputs: &[&Value],
        attributes: &[Attribute],
    ) -> Result<Value, String> {
        let results = self.add_all(name, inputs, attributes, 1)?;
        let first = results.into_iter().next();
        first.ok_or_else(|| format!("{name} has no result"))
    }

    /// Adds the operation `name` of the newest operator set, and returns its results, of which there are `count`.
    pub fn add_all(
        &mut self,
        name: &str,
        inputs: &[&Value],
        attributes: &[Attribute],
        count: usize,
    ) -> Result<Vec<Value>, String> {
        let Some(operation) = find("", name, NEWEST) else {
            return Err(format!("it needs {name}, which is not known"));
        };
        let part = Node {
            name: format!("{}.{}", self.node.name, name.to_ascii_lowercase()),
            operation,
            opset: NEWEST,
            attributes: attributes.to_vec(),
            inputs: inputs.iter().map(|&input| Some(input.clone())).collect(),
            outputs: count,
            is_read: vec![true; count],
        };
        let results = self.builder.add(part)?;
        self.builder.name.clone_from(&self.node.name);
        Ok(results)
    }

    /// Returns images with channels last as ONNX has them.
    pub fn channels_first(&mut self, images: &Value) -> Result<Value, String> {
        let last = images.rank().saturating_sub(1);
        let order: Vec<usize> = [0, last].into_iter().chain(1..last).collect();
        self.add("Transpose", &[images], &[ints("perm", &order)])
    }

    /// Returns images with their channels last.
    pub fn channels_last(&mut self, images: &Value) -> Result<Value, String> {
        let order = std::iter::once(0).chain(2..images.rank()).chain([1]);
        let order: Vec<usize> = order.collect();
        self.add("Transpose", &[images], &[ints("perm", &order)])
    }
}

/// An attribute that is a text.
pub fn text(name: &str, value: &'static str) -> Attribute {
    Attribute {
        name: name.to_owned(),
        s: Some(Bytes::from_static(value.as_bytes())),
        ..Attribute::default()
    }
}

/// An attribute that is a number.
pub fn float(name: &str, value: f64) -> Attribute {
    Attribute {
        name: name.to_owned(),
        f: Some(value as f32),
        ..Attribute::default()
    }
}

/// An attribute that is an integer.
pub fn int(name: &str, value: i64) -> Attribute {
    Attribute {
        name: name.to_owned(),
        i: Some(value),
        ..Attribute::default()
    }
}

/// An attribute that is a list of integers.
pub fn ints(name: &str, values: &[usize]) -> Attribute {
    Attribute {
        name: name.to_owned(),
        ints: values.iter().map(|&value| value as i64).collect(),
        ..Attribute::default()
    }
}

/// A constant without axes.
pub fn number(value: f64) -> Value {
    Value::known(Array::floats(DataType::F32, Vec::new(), vec![value]))
}

/// A constant list of extents or axes.
pub fn list(values: &[usize]) -> Value {
    Value::known(Array::list(
        values.iter().map(|&value| value as i64).collect(),
    ))
}

/// A constant index without axes.
pub fn index(value: usize) -> Value {
    Value::known(Array::list(vec![value as i64]).with_dims(Vec::new()))
}

/// The integers from 0 along axis `axis` of `rank` axes.
pub fn count_along(axis: usize, rank: usize, extent: usize) -> Value {
    let mut dims = vec![1; rank];
    dims[axis] = extent;
    Value::known(Array::list((0..extent as i64).collect()).with_dims(dims))
}
