//! Graphs of a single layer, to be timed and tested by themselves.

use super::{Activation, Conv2d, Derivation, Graph, NodeId, Op, Parameter, Shape, Window};
use crate::error::Result;

impl Graph {
    /// The convolution of `input` by `out_channels` filters in `groups` blocks, with parameters `conv.weight`
    /// and, with a `bias`, `conv.bias`.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) where the window does not fit the input, or the groups do
    /// not divide the channels.
    pub fn convolution(
        input: Shape,
        out_channels: usize,
        window: Window,
        groups: usize,
        bias: bool,
    ) -> Result<Self> {
        let mut graph = Self::new("convolution", input);
        let mut parameter = |name: &str, shape: Vec<usize>| {
            graph.add_parameter(Parameter {
                name: format!("conv.{name}"),
                shape,
                trainable: true,
                derivation: Derivation::Stored,
            })
        };
        let [height, width] = window.kernel;
        // No groups at all are the shape rule's to refuse.
        let in_each = input.channels / groups.max(1);
        let op = Conv2d {
            window,
            in_channels: input.channels,
            out_channels,
            groups,
            weight: parameter("weight", vec![out_channels, in_each, height, width]),
            bias: bias.then(|| parameter("bias", vec![out_channels])),
            activation: Activation::Identity,
        };
        graph.add_node("conv", Op::Conv2d(op), vec![NodeId(0)])?;
        Ok(graph)
    }

    /// Node `id` alone, reading an image of the shape of its first input: a residual is left out. What its
    /// parameters are derived from is left out too.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) where the operation needs more inputs than one.
    pub fn layer(&self, id: NodeId) -> Result<Self> {
        let node = self.node(id);
        let shape = self.input_shapes(id).first().copied();
        let mut graph = Self::new(&node.name, shape.unwrap_or(node.shape));
        graph.parameters = self.parameters.clone();
        for parameter in &mut graph.parameters {
            parameter.derivation = Derivation::Stored;
        }
        graph.add_node(&node.name, node.op.clone(), vec![NodeId(0)])?;
        Ok(graph)
    }
}
