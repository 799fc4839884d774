//! A case: a small graph, and what is left of it.

use menagerie::Result;
use menagerie::graph::{Conv, Graph, Op, Scope, ValueId, network};
use menagerie::passes::{PassSet, optimize};
use menagerie::tensor::Shape;

/// A graph, and what is left to compute: the node of each dispatch, and with which of how many quads a pixel its result
/// begins.
pub struct Case {
    pub name: &'static str,
    pub graph: Graph,
    /// Where slots are shared.
    pub shared: &'static [&'static str],
    /// Where they are not; where there is nothing here, the same.
    pub apart: &'static [&'static str],
}

/// A graph of one image `x` of eight channels: `body` returns the answer.
pub fn graph(body: impl FnOnce(&Scope<'_>, ValueId) -> Result<ValueId>) -> Graph {
    let graph = network("small", |net| {
        let x = net.image("x", Shape::new(8, 3, 2))?;
        let answer = body(net, x)?;
        net.output("answer", answer)
    });
    graph.unwrap()
}

/// A convolution to so many channels, of the same size.
pub fn conv(net: &Scope<'_>, name: &str, x: ValueId, channels: usize) -> Result<ValueId> {
    net.conv(name, x, Conv::new(channels, 3).padding(1).bias())
}

/// `graph` with its sums behind convolutions.
pub fn fused(graph: Graph) -> Graph {
    optimize(&graph, &PassSet::only("fuse_residual").unwrap()).unwrap()
}

/// The only result of `op` of `x`, without parameters.
pub fn one(net: &Scope<'_>, name: &str, op: Op, x: ValueId) -> Result<ValueId> {
    net.add_op(name, op, vec![Some(x)])
        .map(|results| results[0])
}

pub fn case(name: &'static str, graph: Graph, shared: &'static [&'static str]) -> Case {
    Case {
        name,
        graph,
        shared,
        apart: &[],
    }
}

impl Case {
    /// With another list where slots are not shared.
    pub fn apart(self, apart: &'static [&'static str]) -> Self {
        Self { apart, ..self }
    }
}
