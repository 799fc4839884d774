//! The intermediate representation: what a network computes, independent of any device.
//!
//! A [`Graph`] is a list of [`Node`]s in topological order over typed [`Value`]s. Parameters are values too. A
//! value that does not depend on any input is a constant. Folding a batch normalisation into a convolution inserts
//! nodes that compute the folded weight, so passes never need the numbers of the weights file.
//!
//! [`Graph::add`] checks everything that shape rules and kernels rely on, and it is the only way to add a node.
//! Networks are written with [`network`] and [`Scope`].

mod around;
mod constant;
mod construct;
mod display;
mod draft;
mod ending;
mod find;
mod layers;
mod multiply_adds;
mod node;
mod ops;
mod pointwise;
mod scope;
mod signature;
mod single;
mod summary;
mod training;
mod value;
mod window;

pub use constant::{Constant, Known};
pub(crate) use display::describe;
pub(crate) use draft::{Draft, Insertion, Source};
pub use layers::Conv;
pub(crate) use node::{MAX_STEPS, MOST_OPERANDS};
pub use node::{Node, NodeId};
pub(crate) use ops::Sampling;
pub(crate) use ops::winograd;
pub use ops::{
    Activation, AdaptiveAveragePool, Add, AveragePool, BatchNorm, Concat, Conv2d, ConvPair, Cost,
    Dropout, Expand, Flatten, GlobalAveragePool, GroupNorm, LayerNorm, Linear, MatMul, MaxPool, Op,
    PRelu, Pad, Reduce, Reduction, Reshape, Slice, SliceAxis, Softmax, Split, Transpose,
};
pub use ops::{
    ConvTranspose2d, Crop, Interpolation, LocalResponseNorm, Relayout, Resize, Winograd,
};
pub(crate) use pointwise::Sum;
pub use pointwise::{Combination, Epilogue, Function, Number, Pointwise, Step};
pub use scope::{Scope, image_network, network};
pub use signature::{NamedType, Signature};
pub use summary::{Listing, Summary, with_thousands_separators};
pub use value::{Name, Origin, Port, Value, ValueId};
pub use window::{Padding, Rounding, Window};

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{Shape, Type};

/// A network: values, and nodes in topological order.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    name: String,
    values: Vec<Value>,
    nodes: Vec<Node>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    training_branches: Vec<String>,
    listing: Listing,
    /// The tensors of the weights file, by name.
    stored: BTreeMap<Name, ValueId>,
}

impl Graph {
    /// Creates an empty graph.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            values: Vec::new(),
            nodes: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            training_branches: Vec::new(),
            listing: Listing::default(),
            stored: BTreeMap::new(),
        }
    }

    /// Returns the network's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns all nodes in topological order.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Returns all nodes with their ids, in topological order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Node)> {
        let nodes = self.nodes.iter().enumerate();
        nodes.map(|(index, node)| (NodeId(index as u32), node))
    }

    /// Returns the nodes that depend on an input, with their ids. A run computes these nodes; all others are
    /// constants.
    pub fn computed(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Node)> {
        self.iter()
            .filter(|(_, node)| !self.value(node.result()).is_constant())
    }

    /// Returns the node `id`.
    ///
    /// # Panics
    /// Panics if `id` belongs to a larger graph. The same holds for every method that takes a [`NodeId`].
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Returns all values.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Returns the value `id`.
    ///
    /// # Panics
    /// Panics if `id` belongs to a larger graph. The same holds for every method that takes a [`ValueId`].
    pub fn value(&self, id: ValueId) -> &Value {
        &self.values[id.index()]
    }

    /// Returns the type of the value `id`.
    pub fn ty(&self, id: ValueId) -> &Type {
        &self.value(id).ty
    }

    /// Returns the shape of the value `id` for one image.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the value is neither an image nor a vector.
    pub fn shape(&self, id: ValueId) -> Result<Shape> {
        let Value { name, ty, .. } = self.value(id);
        ty.shape().ok_or_else(|| {
            Error::new(
                ErrorKind::Shape,
                format!("{name}: expected an image or a vector, found {ty}"),
            )
        })
    }

    /// Returns the inputs.
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// Returns the outputs. The first one is the answer. No pass removes an output, and its memory is not reused
    /// within a run.
    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// Returns the tensors of the weights file with their ids.
    pub fn stored(&self) -> impl Iterator<Item = (ValueId, &Value)> {
        let values = (0..).map(ValueId).zip(&self.values);
        values.filter(|(_, value)| matches!(value.origin, Origin::Stored { .. }))
    }

    /// Returns the shape of the only input, an image.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the number of inputs is not 1, or the input is not an image.
    pub fn input_shape(&self) -> Result<Shape> {
        match self.inputs.as_slice() {
            [input] => self.shape(input.value),
            inputs => Err(refused(
                &self.name,
                format!(
                    "expected 1 input, found {}; {}",
                    inputs.len(),
                    self.signature()
                ),
            )),
        }
    }

    /// Returns the answer: the first output.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the graph has no output.
    pub fn answer(&self) -> Result<ValueId> {
        let first = self.outputs.first().map(|port| port.value);
        first.ok_or_else(|| refused(&self.name, "expected an output, found none".into()))
    }

    /// Returns the shape of the answer for one image.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the graph has no output, or the answer is neither an image nor a vector.
    pub fn output_shape(&self) -> Result<Shape> {
        let answer = self.answer()?;
        self.ty(answer).shape().ok_or_else(|| {
            let what = "expected an image or a vector as the answer";
            refused(&self.name, format!("{what}; {}", self.signature()))
        })
    }

    /// Returns the nodes that read each value. A node that reads a value twice is listed twice.
    pub fn readers(&self) -> Vec<Vec<NodeId>> {
        let mut readers = vec![Vec::new(); self.values.len()];
        for (id, node) in self.iter() {
            for read in node.reads() {
                readers[read.index()].push(id);
            }
        }
        readers
    }

    /// Returns the types of the inputs of node `id`, parameters included.
    pub fn input_types(&self, id: NodeId) -> Vec<Option<&Type>> {
        let inputs = self.node(id).inputs.iter();
        inputs
            .map(|input| input.map(|input| self.ty(input)))
            .collect()
    }

    /// Returns the cost of node `id` for one image. The cost of a constant node is zero.
    pub fn cost(&self, id: NodeId) -> Cost {
        let node = self.node(id);
        if self.value(node.result()).is_constant() {
            return Cost::default();
        }
        let read = |value: ValueId| {
            let value = self.value(value);
            (value.is_constant(), &value.ty)
        };
        let inputs: Vec<Option<(bool, &Type)>> =
            node.inputs.iter().map(|input| input.map(read)).collect();
        let further: Vec<(bool, &Type)> = node.further().copied().map(read).collect();
        let results: Vec<&Type> = node.results.iter().map(|&result| self.ty(result)).collect();
        let around = [&node.pre, &node.post];
        Cost::of(&node.op, around, &inputs, &further, &results)
    }
}

fn refused(name: &str, message: String) -> Error {
    Error::new(ErrorKind::Shape, format!("{name}: {message}"))
}
