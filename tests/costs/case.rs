//! An operation and its cost by hand, and what the graph says of it.

use menagerie::graph::{
    Activation, Conv2d, Cost, Derivation, Graph, Interpolation, NodeId, Op, Parameter, ParameterId,
    Resize, Window,
};

/// An operation on inputs of these shapes, and what it takes: operations, then values (of four bytes) of
/// inputs, result and parameters.
#[derive(Clone)]
pub struct Case {
    pub op: Op,
    pub inputs: &'static [[usize; 3]],
    pub flops: u64,
    pub activations: u64,
    pub parameters: u64,
}

/// Parameters are told apart by nothing but their shape here.
pub fn parameter(graph: &mut Graph, shape: &[usize]) -> ParameterId {
    graph.add_parameter(Parameter {
        name: format!("{shape:?}"),
        shape: shape.to_vec(),
        trainable: true,
        derivation: Derivation::Stored,
    })
}

/// The cost of `op`, whose parameters are in `graph`, of inputs of these shapes: each is made of the graph's
/// single value.
pub fn cost(mut graph: Graph, op: Op, inputs: &[[usize; 3]]) -> Cost {
    let mut results: Vec<NodeId> = Vec::new();
    for &[channels, height, width] in inputs {
        let widened = Op::Conv2d(Conv2d {
            window: Window::square(1, 1),
            in_channels: 1,
            out_channels: channels,
            groups: 1,
            weight: parameter(&mut graph, &[channels, 1, 1, 1]),
            bias: None,
            activation: Activation::Identity,
        });
        let resized = Op::Resize(Resize {
            height,
            width,
            interpolation: Interpolation::Nearest,
        });
        let pixel = graph.input();
        let pixel = graph.add_node("channels", widened, vec![pixel]).unwrap();
        results.push(graph.add_node("size", resized, vec![pixel]).unwrap());
    }
    let id = graph.add_node("op", op, results).unwrap();
    graph.cost(id)
}
