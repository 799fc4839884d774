//! Graphs as text, with one line for each node: for listings, and for tests that compare whole graphs.

use std::fmt;

use super::{Activation, Graph, NodeId, Op, Pointwise, ValueId};
use crate::tensor::Type;

/// Writes one line for each node, such as `%3 layer1.0.conv2: conv2d 64->64 3x3 padding 1 + bias (%2) -> 64x56x56`.
/// Inputs and the results of a run have numbers, inputs first. Parameters have no numbers; the description of the
/// operation mentions them.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = self.numbers();
        let number = |value: ValueId| match numbers[value.index()] {
            Some(number) => format!("%{number}"),
            None => self.value(value).name().to_owned(),
        };
        for input in self.inputs() {
            writeln!(
                f,
                "{} {}: input -> {}",
                number(input.value),
                input.name,
                self.ty(input.value)
            )?;
        }
        for (id, node) in self.computed() {
            let results: Vec<String> = node.results().iter().map(|&id| number(id)).collect();
            write!(
                f,
                "{} {}: {}",
                results.join(" "),
                node.name(),
                self.described(id)
            )?;
            let reads = node.reads().filter(|&read| numbers[read.index()].is_some());
            let reads: Vec<String> = reads.map(number).collect();
            if !reads.is_empty() {
                write!(f, " ({})", reads.join(", "))?;
            }
            let types = node.results().iter().map(|&id| self.ty(id).to_string());
            writeln!(f, " -> {}", types.collect::<Vec<_>>().join(" "))?;
        }
        let outputs = self.outputs().iter().map(|port| number(port.value));
        writeln!(f, "answer {}", outputs.collect::<Vec<_>>().join(", "))
    }
}

impl Graph {
    /// Returns the description of node `id` for listings: the operation, its attributes, and the expressions before
    /// and after it.
    pub fn described(&self, id: NodeId) -> String {
        let node = self.node(id);
        let around = [node.pre(), node.post()];
        describe(node.op(), around, &self.input_types(id))
    }

    /// Returns the number of each value that a run computes or gets as an input, in the order of computation.
    fn numbers(&self) -> Vec<Option<usize>> {
        let inputs = self.inputs().iter().map(|port| port.value);
        let computed = self
            .computed()
            .flat_map(|(_, node)| node.results().to_vec());
        let mut numbers = vec![None; self.values().len()];
        for (number, value) in inputs.chain(computed).enumerate() {
            numbers[value.index()] = Some(number);
        }
        numbers
    }
}

/// Returns the description of `op` with inputs of these types and the expressions before and after it, for
/// listings.
pub(crate) fn describe(op: &Op, around: [&Pointwise; 2], inputs: &[Option<&Type>]) -> String {
    struct Described<'a>(&'a Op, [&'a Pointwise; 2], &'a [Option<&'a Type>]);
    impl fmt::Display for Described<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let Self(op, [pre, post], inputs) = self;
            op.describe(inputs, f)?;
            if !pre.is_identity() {
                write!(f, " of [{pre}]")?;
            }
            // The sum itself is not described: the list of what the node reads shows the other operand.
            let rest = post.without_residual();
            match Activation::of(&rest) {
                Some(Activation::Identity) => Ok(()),
                Some(activation) => write!(f, " + {activation}"),
                None => write!(f, " then {post}"),
            }
        }
    }
    Described(op, around, inputs).to_string()
}
