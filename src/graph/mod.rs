//! The intermediate representation: what a network computes, with no device in sight.
//!
//! A [`Graph`] is a list of [`Node`]s in topological order. Each node is one [`Op`] with one result, so
//! a [`NodeId`] names both. Operations hold their attributes, their shape rule and their cost;
//! parameters are named symbolically ([`Parameter`]) and need no weights to be reasoned about.

mod dialect;
mod display;
mod draft;
mod ops;
mod parameter;
mod shape;
mod single;

pub use dialect::Dialect;
pub(crate) use draft::Draft;
pub(crate) use ops::Sampling;
pub use ops::{
    Activation, AdaptiveAveragePool, Add, AveragePool, BatchNorm, Concat, Conv2d, Cost, Dropout,
    Flatten, GlobalAveragePool, Linear, MaxPool, Op, Pad, Softmax,
};
pub use ops::{ConvTranspose2d, Crop, Interpolation, LocalResponseNorm, Resize};
pub use parameter::{BatchNormParameters, Derivation, Parameter, ParameterId};
pub use shape::{Padding, Rounding, Shape, Window};

use crate::error::{Error, ErrorKind, Result};

/// The place of a [`Node`] in its graph, and the name of its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// Position in [`Graph::nodes`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One operation applied to earlier results.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Dotted path of the layer, as the reference implementation names it.
    pub name: String,
    /// What is computed.
    pub op: Op,
    /// Results it reads, all of earlier nodes.
    pub inputs: Vec<NodeId>,
    /// Shape of its result for one image.
    pub shape: Shape,
}

/// A network: nodes in topological order, the first of which is the input.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    name: String,
    nodes: Vec<Node>,
    parameters: Vec<Parameter>,
    dialects: Vec<Dialect>,
    training_branches: Vec<String>,
    /// The answer first.
    outputs: Vec<NodeId>,
}

impl Graph {
    /// A graph that hands its input of `shape` through: the start of every network.
    pub fn new(name: impl Into<String>, shape: Shape) -> Self {
        Self {
            name: name.into(),
            nodes: vec![Node {
                name: "input".into(),
                op: Op::Input,
                inputs: Vec::new(),
                shape,
            }],
            parameters: Vec::new(),
            dialects: Vec::new(),
            training_branches: Vec::new(),
            outputs: vec![NodeId(0)],
        }
    }

    /// The network's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All nodes, in an order in which they can be computed.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// All nodes with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes
            .iter()
            .enumerate()
            .map(|(index, node)| (NodeId(index as u32), node))
    }

    /// The node `id`.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The input node.
    pub fn input(&self) -> NodeId {
        NodeId(0)
    }

    /// Shape of one input image.
    pub fn input_shape(&self) -> Shape {
        self.nodes[0].shape
    }

    /// The node whose result is the network's answer.
    pub fn output(&self) -> NodeId {
        self.outputs[0]
    }

    /// The nodes whose results can be read after a run: the answer, and behind it those of
    /// [`Graph::add_output`]. Their memory is not used for anything else, and no pass drops them.
    pub fn outputs(&self) -> &[NodeId] {
        &self.outputs
    }

    /// Shape of the answer for one image.
    pub fn output_shape(&self) -> Shape {
        self.node(self.output()).shape
    }

    /// Makes `id` the network's answer.
    pub fn set_output(&mut self, id: NodeId) {
        self.outputs[0] = id;
    }

    /// Lets the result of `id` be read after a run, beside the answer, and gives its place in
    /// [`Graph::outputs`].
    pub fn add_output(&mut self, id: NodeId) -> usize {
        self.outputs.push(id);
        self.outputs.len() - 1
    }

    /// All parameters, stored and derived.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The parameter `id`.
    pub fn parameter(&self, id: ParameterId) -> &Parameter {
        &self.parameters[id.index()]
    }

    /// Adds a parameter.
    pub fn add_parameter(&mut self, parameter: Parameter) -> ParameterId {
        self.parameters.push(parameter);
        ParameterId(self.parameters.len() as u32 - 1)
    }

    /// Adds a node, inferring its shape, and makes it the answer.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`], naming the node and the shapes it was given, where the operation cannot
    /// take its inputs.
    pub fn add_node(
        &mut self,
        name: impl Into<String>,
        op: Op,
        inputs: Vec<NodeId>,
    ) -> Result<NodeId> {
        let name = name.into();
        let shape = self.infer(&name, &op, &inputs)?;
        self.nodes.push(Node {
            name,
            op,
            inputs,
            shape,
        });
        let id = NodeId(self.nodes.len() as u32 - 1);
        self.set_output(id);
        Ok(id)
    }

    /// Shapes of the results that node `id` reads.
    pub fn input_shapes(&self, id: NodeId) -> Vec<Shape> {
        self.node(id)
            .inputs
            .iter()
            .map(|&input| self.node(input).shape)
            .collect()
    }

    /// The nodes that read each node's result, once for each time they read it.
    pub fn readers(&self) -> Vec<Vec<NodeId>> {
        let mut readers = vec![Vec::new(); self.nodes.len()];
        for (id, node) in self.iter() {
            for input in &node.inputs {
                readers[input.index()].push(id);
            }
        }
        readers
    }

    /// Cost of node `id` for one image.
    pub fn cost(&self, id: NodeId) -> Cost {
        let node = self.node(id);
        node.op.cost(&self.input_shapes(id), node.shape)
    }

    fn infer(&self, name: &str, op: &Op, inputs: &[NodeId]) -> Result<Shape> {
        let shapes: Vec<Shape> = inputs.iter().map(|&id| self.node(id).shape).collect();
        let listed = || {
            let listed: Vec<String> = shapes.iter().map(Shape::to_string).collect();
            listed.join(", ")
        };
        op.shape(&shapes).map_err(|error| {
            Error::new(
                ErrorKind::Shape,
                format!("{name} ({}) cannot take [{}]: {error}", op.kind(), listed()),
            )
        })
    }
}
