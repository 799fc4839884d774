//! `If` with a condition that is the same in every run. The node is replaced by the nodes of the branch that is taken.

use std::collections::HashSet;

use super::{DEEPEST, Import, Names};
use crate::error::Result;
use crate::onnx::build::Value;
use crate::onnx::file::is_standard;
use crate::onnx::schema::{GraphProto, NodeProto};
use crate::onnx::stored;
use crate::weights::printable;

/// The attributes: the branch of a condition that is true, and that of one that is false.
const BRANCHES: [&str; 2] = ["then_branch", "else_branch"];

/// Returns whether `node` has branches.
pub fn is_if(node: &NodeProto) -> bool {
    is_standard(&node.domain) && node.op_type == "If"
}

/// Adds the names of all values that `nodes` read, those in branches included.
pub fn add_reads<'n>(nodes: &'n [NodeProto], names: &mut HashSet<&'n str>) {
    for node in nodes {
        names.extend(node.input.iter().map(String::as_str));
        for graph in node.attribute.iter().filter_map(|found| found.g.as_ref()) {
            names.extend(graph.output.iter().map(|output| output.name.as_str()));
            add_reads(&graph.node, names);
        }
    }
}

impl Import<'_> {
    /// Imports the nodes of the branch that `node` takes, and returns its results. They read values of `names`, too.
    pub(super) fn branched(
        &mut self,
        node: &NodeProto,
        opset: i64,
        name: &str,
        inputs: &[Option<Value>],
        names: &mut Names,
    ) -> Result<Vec<Value>> {
        if let Some(Some(Value::Unknown)) = inputs.first() {
            return Ok(Vec::new());
        }
        match self.taken(node, inputs) {
            Ok(graph) => self.add_body(graph, std::iter::empty(), opset, name, names),
            Err(reason) => {
                self.problems.add("If", reason, name);
                Ok(Vec::new())
            }
        }
    }

    /// Returns the branch that `node` takes in every run.
    fn taken<'n>(
        &self,
        node: &'n NodeProto,
        inputs: &[Option<Value>],
    ) -> Result<&'n GraphProto, String> {
        let Some(Some(condition)) = inputs.first() else {
            return Err("expected input 1, found none".to_owned());
        };
        if matches!(condition, Value::Computed(_)) {
            return Err("its condition depends on the image".to_owned());
        }
        let array = self.builder.array(condition)?;
        let found = || format!("expected a condition, found {:?}", array.dims);
        let is_true = array.scalar().ok_or_else(found)? != 0.0;
        let wanted = BRANCHES[usize::from(!is_true)];
        let mut attributes = node.attribute.iter();
        let branch = attributes.find(|attribute| attribute.name == wanted);
        let branch = branch.and_then(|attribute| attribute.g.as_ref());
        branch.ok_or_else(|| format!("expected {wanted}, found none"))
    }

    /// Imports the nodes of the graph of a node, with the values of its inputs, and returns its results.
    pub(super) fn add_body<'n>(
        &mut self,
        graph: &'n GraphProto,
        inputs: impl Iterator<Item = (&'n str, Value)>,
        opset: i64,
        name: &str,
        names: &mut Names,
    ) -> Result<Vec<Value>> {
        if self.depth == DEEPEST {
            return Err(self.invalid(format!(
                "{name}: expected at most {DEEPEST} nested branches"
            )));
        }
        for (input, value) in inputs {
            self.define(names, input, value, name)?;
        }
        for tensor in &graph.initializer {
            let array = stored::attribute(tensor).map_err(|error| {
                self.invalid(format!("{name}: {}: {error}", printable(&tensor.name)))
            })?;
            self.define(names, &tensor.name, Value::known(array), name)?;
        }
        let outputs = graph.output.iter().map(|output| output.name.as_str());
        let outputs: HashSet<&str> = outputs.collect();
        self.depth += 1;
        self.add_nodes(&graph.node, opset, &format!("{name}/"), &outputs, names)?;
        self.depth -= 1;
        let results = graph.output.iter().map(|output| {
            let found = names.get(&output.name).cloned();
            found.ok_or_else(|| {
                let output = printable(&output.name);
                self.invalid(format!("{name}: no node computes the output {output}"))
            })
        });
        let results = results.collect::<Result<Vec<Value>>>()?;
        // Other branches, and other rounds of a loop, may use the same names.
        for input in &graph.input {
            names.remove(&input.name);
        }
        for tensor in &graph.initializer {
            names.remove(&tensor.name);
        }
        for own in graph.node.iter().flat_map(|node| &node.output) {
            names.remove(own);
        }
        Ok(results)
    }
}
