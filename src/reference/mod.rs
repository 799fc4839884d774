//! The reference executor: every operation in the plainest loops there are. It is what kernels are
//! tested against, and what runs where there is no GPU.
//!
//! Sums are taken in f64 and rounded to f32 once, so an answer differs from exact arithmetic on the
//! same f32 inputs by one rounding for each operation.

mod activation;
mod add;
mod batch_norm;
mod concat;
mod conv;
mod conv_transpose;
mod crop;
mod evaluate;
mod linear;
mod local_response_norm;
mod pad;
mod planes;
mod pool;
mod resize;
mod softmax;

pub use evaluate::evaluate;

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Node, NodeId};
use crate::tensor::Tensor;
use crate::weights::Weights;

/// Most values of one result, 4 GiB of them: a file of weights can ask for many times the memory there is.
const MOST_VALUES: usize = 1 << 30;

/// A network ready to run on the CPU, on all its cores.
pub struct Reference {
    graph: Graph,
    /// Values of each parameter that an operation reads, none for the others.
    parameters: Vec<Vec<f32>>,
    /// For each node the last one that reads it, where an output depends on both.
    last_readers: Vec<Option<NodeId>>,
}

impl Reference {
    /// Loads the parameters of `graph` from `weights`.
    ///
    /// # Errors
    /// As [`Weights::check`] and [`Weights::value`].
    pub fn new(graph: Graph, weights: &Weights) -> Result<Self> {
        weights.check(&graph)?;
        let last_readers = last_readers(&graph);
        let mut parameters = vec![Vec::new(); graph.parameters().len()];
        for (id, node) in graph.iter() {
            if last_readers[id.index()].is_none() {
                continue;
            }
            for parameter in node.op.parameters() {
                let values = &mut parameters[parameter.index()];
                if values.is_empty() {
                    *values = weights.value(&graph, parameter)?;
                }
            }
        }
        Ok(Self {
            graph,
            parameters,
            last_readers,
        })
    }

    /// The network.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The network's answer for a batch of any size.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] where the images are not of the network's input shape, [`ErrorKind::Limit`]
    /// where a result would take more than 4 GiB.
    pub fn run(&self, input: &Tensor) -> Result<Tensor> {
        self.run_outputs(input)
            .map(|mut outputs| outputs.swap_remove(0))
    }

    /// As [`Reference::run`], with all [outputs](Graph::outputs) of the graph, the answer first.
    ///
    /// # Errors
    /// As [`Reference::run`].
    pub fn run_outputs(&self, input: &Tensor) -> Result<Vec<Tensor>> {
        if input.shape() != self.graph.input_shape() {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "{}: expected images of {}, found {}",
                    self.graph.name(),
                    self.graph.input_shape(),
                    input.shape()
                ),
            ));
        }
        for node in self.graph.nodes() {
            let values = input.batch().saturating_mul(node.shape.elements());
            if values > MOST_VALUES {
                return Err(too_large(node, values));
            }
        }
        let mut results: Vec<Option<Cow<'_, Tensor>>> = vec![None; self.graph.nodes().len()];
        results[self.graph.input().index()] = Some(Cow::Borrowed(input));
        for (id, node) in self.graph.iter().skip(1) {
            if self.last_readers[id.index()].is_none() {
                continue;
            }
            let result = self.compute(node, &results)?;
            results[id.index()] = Some(Cow::Owned(result));
            for read in &node.inputs {
                if self.last_readers[read.index()] == Some(id) {
                    results[read.index()] = None;
                }
            }
        }
        let outputs = self.graph.outputs();
        let mut answers = Vec::with_capacity(outputs.len());
        for (index, output) in outputs.iter().enumerate() {
            let again = outputs[index + 1..].contains(output);
            let result = &mut results[output.index()];
            let result = if again { result.clone() } else { result.take() };
            match result {
                Some(result) => answers.push(result.into_owned()),
                None => return Err(not_computed(self.graph.node(*output))),
            }
        }
        Ok(answers)
    }

    fn compute(&self, node: &Node, results: &[Option<Cow<'_, Tensor>>]) -> Result<Tensor> {
        let mut inputs = Vec::with_capacity(node.inputs.len());
        for &id in &node.inputs {
            match &results[id.index()] {
                Some(result) => inputs.push(result.as_ref()),
                None => return Err(not_computed(self.graph.node(id))),
            }
        }
        evaluate(&node.op, &|id| &self.parameters[id.index()], &inputs)
            .map_err(|error| error.in_context(&node.name))
    }
}

/// Bytes of the results that are alive together, at most, while one image goes through `graph`; its own
/// included.
pub fn activation_bytes(graph: &Graph) -> u64 {
    let last_readers = last_readers(graph);
    let bytes = |id: NodeId| 4 * graph.node(id).shape.elements() as u64;
    let (mut alive, mut most) = (0, 0);
    for (id, node) in graph.iter() {
        if last_readers[id.index()].is_none() {
            continue;
        }
        alive += bytes(id);
        most = most.max(alive);
        for (index, read) in node.inputs.iter().enumerate() {
            if last_readers[read.index()] == Some(id) && !node.inputs[..index].contains(read) {
                alive -= bytes(*read);
            }
        }
    }
    most
}

/// For each node the last one that reads it, itself for an output; none where no output depends on it.
fn last_readers(graph: &Graph) -> Vec<Option<NodeId>> {
    let mut last_readers = vec![None; graph.nodes().len()];
    for &output in graph.outputs() {
        last_readers[output.index()] = Some(output);
    }
    let nodes: Vec<_> = graph.iter().collect();
    for &(id, node) in nodes.iter().rev() {
        if last_readers[id.index()].is_some() {
            for read in &node.inputs {
                last_readers[read.index()].get_or_insert(id);
            }
        }
    }
    last_readers
}

fn too_large(node: &Node, values: usize) -> Error {
    let bytes = |values: usize| values.saturating_mul(size_of::<f32>());
    Error::new(
        ErrorKind::Limit,
        format!(
            "{}: a tensor of {} bytes does not fit: the reference executor allows {} bytes; try a smaller \
             batch or size",
            node.name,
            bytes(values),
            bytes(MOST_VALUES)
        ),
    )
}

/// Only a graph whose nodes are out of order can cause this.
fn not_computed(node: &Node) -> Error {
    Error::new(
        ErrorKind::Shape,
        format!("{}: read before it is computed", node.name),
    )
}
