//! Import of an ONNX graph into a [`Graph`]: one pass over the nodes, in which every value has known extents. A node of
//! constants is computed on the host, so that shapes and axes are numbers when a node needs them.

mod branches;
mod functions;
mod inputs;
mod loops;
mod problems;

use std::collections::{HashMap, HashSet};

use super::Options;
use super::build::{Builder, Node, Operation, Value};
use super::file::{OnnxFile, is_standard};
use super::ops;
use super::schema::{Attribute, NodeProto};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::weights::printable;
use branches::{add_reads, is_if};
use functions::Functions;
pub use inputs::inputs;
use loops::is_loop;
use problems::Problems;

/// The most nodes, those of functions and of all rounds of loops included.
const MOST_NODES: usize = 1 << 17;

/// The most functions and branches in each other. A function that calls itself would have no end.
const DEEPEST: usize = 32;

/// Imports the graph of `file`. `images` is the number of images that the file has as its first extent.
pub fn import(file: &OnnxFile, options: &Options) -> Result<Graph> {
    inputs::check_names(file, options)?;
    let images = inputs::images(file, options)?;
    let first = Import::run(file, options, images);
    match first {
        // With a fixed number of images, the first axis may also be one like any other.
        Err(error) if images > 1 => Import::run(file, options, 1).map_err(|_| error),
        result => result,
    }
}

struct Import<'a> {
    file: &'a OnnxFile,
    functions: Functions<'a>,
    builder: Builder<'a>,
    problems: Problems,
    /// The nodes that were imported, and the rounds of loops.
    nodes: usize,
    /// The number of calls and branches around the node that is imported.
    depth: usize,
}

/// The values of a graph or of a function by name.
type Names = HashMap<String, Value>;

impl<'a> Import<'a> {
    fn run(file: &'a OnnxFile, options: &Options, images: usize) -> Result<Graph> {
        let mut import = Self {
            file,
            functions: Functions::new(&file.model.functions),
            builder: Builder::new(file, images),
            problems: Problems::default(),
            nodes: 0,
            depth: 0,
        };
        let mut names = Names::new();
        for (name, tensor) in &file.stored.tensors {
            names.insert(name.clone(), import.builder.stored(name, tensor));
        }
        import.add_inputs(options, &mut names)?;
        let outputs: HashSet<&str> = file
            .graph
            .output
            .iter()
            .map(|output| &*output.name)
            .collect();
        import.add_nodes(&file.graph.node, file.opset, "", &outputs, &mut names)?;
        if !import.problems.is_empty() {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "{}: not supported (operator set {}): {}",
                    file.label,
                    file.opset,
                    import.problems.line()
                ),
            ));
        }
        import.add_outputs(&names)?;
        Ok(import.builder.finish())
    }

    /// Imports `nodes`. `prefix` is added to their names.
    fn add_nodes(
        &mut self,
        nodes: &[NodeProto],
        opset: i64,
        prefix: &str,
        outputs: &HashSet<&str>,
        names: &mut Names,
    ) -> Result<()> {
        let mut read = outputs.clone();
        add_reads(nodes, &mut read);
        for node in nodes {
            self.count()?;
            let mut inputs = Vec::with_capacity(node.input.len());
            for input in &node.input {
                inputs.push(match names.get(input) {
                    _ if input.is_empty() => None,
                    Some(value) => Some(value.clone()),
                    None => {
                        return Err(self.invalid(format!(
                            "{}: expected an input that an earlier node computes, found {}",
                            title(node, prefix),
                            printable(input)
                        )));
                    }
                });
            }
            let is_read = node.output.iter().map(|output| read.contains(&**output));
            let is_read: Vec<bool> = is_read.collect();
            let title = title(node, prefix);
            let results = match node {
                node if is_if(node) => self.branched(node, opset, &title, &inputs, names)?,
                node if is_loop(node) => self.looped(node, opset, &title, inputs, names)?,
                node => self.add_node(node, opset, title.clone(), inputs, is_read)?,
            };
            let all = results.into_iter().chain(std::iter::repeat(Value::Unknown));
            for (name, value) in node.output.iter().zip(all) {
                self.define(names, name, value, &title)?;
            }
        }
        Ok(())
    }

    /// Counts a node, or a round of a loop.
    fn count(&mut self) -> Result<()> {
        self.nodes += 1;
        match self.nodes > MOST_NODES {
            true => Err(self.invalid(format!("expected at most {MOST_NODES} nodes"))),
            false => Ok(()),
        }
    }

    /// Gives `value`, a result of the node `title`, its name. Results that nothing reads may have none.
    fn define(&self, names: &mut Names, name: &str, value: Value, title: &str) -> Result<()> {
        if !name.is_empty() && names.insert(name.to_owned(), value).is_some() {
            let name = printable(name);
            return Err(self.invalid(format!(
                "{title}: expected a new result, found {name}, which exists already"
            )));
        }
        Ok(())
    }

    /// Imports one node, and returns its results. What is not supported becomes a problem.
    fn add_node(
        &mut self,
        node: &NodeProto,
        opset: i64,
        name: String,
        inputs: Vec<Option<Value>>,
        is_read: Vec<bool>,
    ) -> Result<Vec<Value>> {
        if let Some(function) = self.functions.find(node) {
            return self.call(function, node, &name, inputs);
        }
        let kind = match is_standard(&node.domain) {
            true => printable(&node.op_type),
            false => printable(&format!("{}.{}", node.domain, node.op_type)),
        };
        let refuse = |import: &mut Self, reason: String| {
            import.problems.add(&kind, reason, &name);
            Ok(Vec::new())
        };
        let Some(operation) = ops::find(&node.domain, &node.op_type, opset) else {
            let reason = ops::why_unknown(&node.domain, &node.op_type);
            return refuse(self, reason.to_owned());
        };
        if let Some(unread) = unread(operation, &node.attribute) {
            return refuse(self, format!("the attribute {unread} is not known"));
        }
        if inputs
            .iter()
            .flatten()
            .any(|input| matches!(input, Value::Unknown))
        {
            return Ok(Vec::new());
        }
        let node = Node {
            name: name.clone(),
            operation,
            opset,
            attributes: node.attribute.clone(),
            inputs,
            outputs: is_read.len(),
            is_read,
        };
        match self.builder.add(node) {
            Ok(values) => Ok(values),
            Err(reason) => refuse(self, reason),
        }
    }

    fn invalid(&self, message: String) -> Error {
        Error::new(ErrorKind::Model, format!("{}: {message}", self.file.label))
    }
}

/// Returns the first attribute that the operation does not have.
fn unread(operation: &Operation, attributes: &[Attribute]) -> Option<String> {
    let mut names = attributes.iter().map(|attribute| &attribute.name);
    let unread = names.find(|name| !operation.attributes.contains(&name.as_str()));
    unread.map(|name| printable(name))
}

/// Returns the name of a node: its own, or that of its first result that has one.
fn title(node: &NodeProto, prefix: &str) -> String {
    let mut results = node.output.iter().filter(|result| !result.is_empty());
    let own = match node.name.is_empty() {
        true => results.next().map_or("", String::as_str),
        false => &node.name,
    };
    printable(&format!("{prefix}{own}"))
}
