//! Functions: operations that the file defines by nodes. Each call is replaced by the nodes.

use std::collections::{HashMap, HashSet};

use super::{DEEPEST, Import, Names};
use crate::error::Result;
use crate::onnx::build::Value;
use crate::onnx::file::is_standard;
use crate::onnx::schema::{Attribute, FunctionProto, NodeProto};

/// The functions of a file by domain, name and overload.
pub struct Functions<'a> {
    functions: HashMap<[&'a str; 3], &'a FunctionProto>,
}

impl<'a> Functions<'a> {
    pub fn new(functions: &'a [FunctionProto]) -> Self {
        let functions = functions.iter().map(|function| {
            let key = [&*function.domain, &*function.name, &*function.overload];
            (key, function)
        });
        Self {
            functions: functions.collect(),
        }
    }

    /// Returns the function that `node` calls, if any.
    pub fn find(&self, node: &NodeProto) -> Option<&'a FunctionProto> {
        let key = [&*node.domain, &*node.op_type, &*node.overload];
        self.functions.get(&key).copied()
    }
}

impl<'a> Import<'a> {
    /// Imports the nodes of `function` for the call `node`, and returns its results.
    pub(super) fn call(
        &mut self,
        function: &'a FunctionProto,
        node: &NodeProto,
        name: &str,
        inputs: Vec<Option<Value>>,
    ) -> Result<Vec<Value>> {
        if self.depth == DEEPEST {
            return Err(self.invalid(format!("{name}: functions call each other without end")));
        }
        let inputs = inputs.into_iter().map(Some).chain(std::iter::repeat(None));
        let mut names = Names::new();
        for (formal, value) in function.input.iter().zip(inputs) {
            if let Some(Some(value)) = value {
                names.insert(formal.clone(), value);
            }
        }
        let absent: HashSet<&str> = function
            .input
            .iter()
            .map(String::as_str)
            .filter(|formal| !names.contains_key(*formal))
            .collect();
        let nodes = function.node.iter();
        let nodes: Vec<NodeProto> = nodes
            .map(|inner| bound(inner, function, node, &absent))
            .collect();
        let mut imports = function.opset_import.iter();
        let standard = imports.find(|import| is_standard(&import.domain));
        let opset = standard.map_or(self.file.opset, |import| import.version);
        let outputs: HashSet<&str> = function.output.iter().map(String::as_str).collect();
        self.depth += 1;
        self.add_nodes(&nodes, opset, &format!("{name}/"), &outputs, &mut names)?;
        self.depth -= 1;
        let results = function.output.iter();
        Ok(results
            .map(|output| names.get(output).cloned().unwrap_or(Value::Unknown))
            .collect())
    }
}

/// Returns `inner` with the attributes that the call gives, and without inputs that are absent in the call.
fn bound(
    inner: &NodeProto,
    function: &FunctionProto,
    call: &NodeProto,
    absent: &HashSet<&str>,
) -> NodeProto {
    let mut bound = inner.clone();
    bound.attribute = inner
        .attribute
        .iter()
        .filter_map(|attribute| value(attribute, function, call))
        .collect();
    let graphs = bound.attribute.iter_mut();
    for graph in graphs.filter_map(|attribute| attribute.g.as_mut()) {
        for node in &mut graph.node {
            *node = self::bound(node, function, call, absent);
        }
    }
    for input in &mut bound.input {
        if absent.contains(input.as_str()) {
            input.clear();
        }
    }
    bound
}

/// Returns `attribute`, or the attribute of the call or the default that it refers to.
fn value(attribute: &Attribute, function: &FunctionProto, call: &NodeProto) -> Option<Attribute> {
    let referred = &attribute.ref_attr_name;
    if referred.is_empty() {
        return Some(attribute.clone());
    }
    let mut given = call.attribute.iter().chain(&function.attribute_proto);
    let found = given.find(|given| given.name == *referred)?;
    Some(Attribute {
        name: attribute.name.clone(),
        ref_attr_name: String::new(),
        ..found.clone()
    })
}
