//! Graphs as text: one line a node, for listings and for tests that compare whole graphs.

use std::fmt;

use super::{Graph, NodeId};

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}", self.0)
    }
}

/// `%3 layer1.0.conv2: conv2d 64->64 3x3 padding 1 + bias (%2) -> 64x56x56`, a line a node.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, node) in self.iter() {
            write!(f, "{id} {}: {}", node.name, node.op)?;
            if !node.inputs.is_empty() {
                let inputs: Vec<String> = node.inputs.iter().map(NodeId::to_string).collect();
                write!(f, " ({})", inputs.join(", "))?;
            }
            writeln!(f, " -> {}", node.shape)?;
        }
        let (answer, others) = (self.output(), &self.outputs[1..]);
        write!(f, "answer {answer}")?;
        others.iter().try_for_each(|id| write!(f, ", {id}"))?;
        writeln!(f)
    }
}
