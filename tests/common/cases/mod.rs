//! The cases: small graphs that between them have every operation and call every kernel. One table for all who need such
//! a list: kernels against the reference, canaries, coverage, costs and timings.
//!
//! A file a family: how its graphs are built, which random cases use as well, and its rows.

pub mod before;
pub mod conv_pairs;
pub mod convolution;
pub mod expressions;
pub mod layers;
pub mod maps;
pub mod movement;
pub mod pointwise;
pub mod pooling;
pub mod reductions;
pub mod transposed;
pub mod vectors;
pub mod winograd;

use menagerie::Result;
use menagerie::graph::{Cost, Graph, NodeId, Op, Scope, ValueId, image_network};
use menagerie::passes::{PassSet, optimize};
use menagerie::tensor::Shape;

/// A graph, and how many images go through it.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: &'static str,
    pub graph: Graph,
    pub batch: usize,
    /// What the operation that makes the answer takes for one image, worked out by hand.
    pub cost: Option<Cost>,
}

impl Case {
    pub fn new(name: &'static str, graph: Result<Graph>) -> Self {
        Self {
            name,
            graph: graph.unwrap_or_else(|error| panic!("{name}: {error}")),
            batch: 1,
            cost: None,
        }
    }

    /// `op`, which has no parameters, applied to an image of `shape`.
    pub fn unary(name: &'static str, op: Op, shape: Shape) -> Self {
        let graph = image_network("case", shape, |net, x| add(net, "op", op, &[x]));
        Self::new(name, graph)
    }

    /// The same for so many images.
    pub fn batch(self, batch: usize) -> Self {
        Self { batch, ..self }
    }

    /// The same, where the operation that makes the answer takes so many operations, and reads and writes so many values
    /// (of four bytes): inputs and result, then parameters.
    pub fn costing(self, flops: u64, activations: u64, parameters: u64) -> Self {
        let cost = Cost {
            flops,
            activation_bytes: 4 * activations,
            parameter_bytes: 4 * parameters,
        };
        Self {
            cost: Some(cost),
            ..self
        }
    }

    /// The operation that makes the answer.
    pub fn node(&self) -> NodeId {
        let answer = self.graph.value(self.graph.answer().unwrap());
        let node = answer.node();
        node.unwrap_or_else(|| panic!("{}: the answer is an input", self.name))
    }
}

/// Every case that programs can be made of.
pub fn all() -> Vec<Case> {
    [
        before::cases(),
        conv_pairs::cases(),
        convolution::cases(),
        expressions::cases(),
        transposed::cases(),
        maps::cases(),
        movement::cases(),
        pointwise::cases(),
        pooling::cases(),
        reductions::cases(),
        vectors::cases(),
        winograd::cases(),
    ]
    .concat()
}

/// Those of operations that no kernel computes: only the reference does.
pub fn without_kernel() -> Vec<Case> {
    pointwise::without_kernel()
}

/// The only result of `op`, which has no parameters.
fn add(net: &Scope<'_>, name: &str, op: Op, inputs: &[ValueId]) -> Result<ValueId> {
    let inputs = inputs.iter().copied().map(Some).collect();
    net.add_op(name, op, inputs).map(|results| results[0])
}

/// `op` of `x` with a weight of these extents, and with a bias of so many values or none.
fn weighted(
    net: &Scope<'_>,
    name: &str,
    op: Op,
    x: ValueId,
    weight: &[usize],
    bias: Option<usize>,
) -> Result<ValueId> {
    let layer = net.at(name);
    let weight = layer.parameter("weight", weight)?;
    let bias = bias
        .map(|channels| layer.parameter("bias", &[channels]))
        .transpose()?;
    let inputs = vec![Some(x), Some(weight), bias];
    net.add_op(name, op, inputs).map(|results| results[0])
}

/// `graph` after the passes that compute batch normalisations, activations and sums around other operations, of which `nodes` are left.
fn fused(graph: Result<Graph>, passes: &[&str], nodes: usize) -> Result<Graph> {
    let mut graph = graph?;
    for pass in passes {
        graph = optimize(&graph, &PassSet::only(pass)?)?;
    }
    assert_eq!(graph.computed().count(), nodes, "{graph}");
    Ok(graph)
}
