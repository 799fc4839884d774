//! The intermediate representation: what a network computes, with no device in sight.
//!
//! A [`Graph`] is a list of [`Node`]s in topological order over typed [`Value`]s. Parameters are values like any other,
//! so that what no input reaches is a constant subgraph: folding a batch normalisation into a convolution inserts nodes
//! that compute the folded weight, and nothing of it needs weights to be reasoned about.
//!
//! Everything that shape rules and kernels rely on is checked where a node is added ([`Graph::add`]); there is no other
//! way into a graph. Networks are written with [`network`] and [`Scope`].

mod around;
mod constant;
mod dialect;
mod display;
mod draft;
mod ending;
mod find;
mod layers;
mod node;
mod ops;
mod pointwise;
mod scope;
mod single;
mod summary;
mod value;
mod window;

pub use constant::{Constant, Known};
pub use dialect::Dialect;
pub(crate) use display::describe;
pub(crate) use draft::{Draft, Insertion, Source};
pub use layers::Conv;
pub(crate) use node::{LONGEST_POST, MOST_OPERANDS};
pub use node::{Node, NodeId};
pub(crate) use ops::Sampling;
pub use ops::{
    Activation, AdaptiveAveragePool, Add, AveragePool, BatchNorm, Concat, Conv2d, Cost, Dropout,
    Flatten, GlobalAveragePool, Linear, MaxPool, Op, PRelu, Pad, Reshape, Softmax, Split,
};
pub use ops::{ConvTranspose2d, Crop, Interpolation, LocalResponseNorm, Resize};
pub use pointwise::{Combination, Epilogue, Function, Number, Pointwise, Step};
pub use scope::{Scope, image_network, network};
pub use summary::{Listing, Summary, grouped};
pub use value::{Name, Origin, Port, Value, ValueId};
pub use window::{Padding, Rounding, Window};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{HostTensor, Shape, Type};

/// Operations that compute a constant at most, each counted as often as its result is read: constants are followed,
/// compared and computed by recursion, and one that adds a constant to itself, and so on, doubles the work each time.
const LONGEST_CONSTANT: usize = 256;

/// A network: values, and nodes in an order in which they can be computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    name: String,
    values: Vec<Value>,
    nodes: Vec<Node>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    dialects: Arc<Vec<Dialect>>,
    training_branches: Vec<String>,
    listing: Listing,
    /// Tensors of the weights file, by name.
    stored: BTreeMap<Name, ValueId>,
}

impl Graph {
    /// A graph of nothing.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            values: Vec::new(),
            nodes: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            dialects: Arc::default(),
            training_branches: Vec::new(),
            listing: Listing::default(),
            stored: BTreeMap::new(),
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
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Node)> {
        let nodes = self.nodes.iter().enumerate();
        nodes.map(|(index, node)| (NodeId(index as u32), node))
    }

    /// The nodes that an input reaches, with their ids: what is left to compute in a run.
    pub fn computed(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Node)> {
        self.iter()
            .filter(|(_, node)| !self.value(node.result()).is_constant())
    }

    /// The node `id`.
    ///
    /// # Panics
    /// Where it is of a larger graph, as all that is asked of a node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// All values.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The value `id`.
    ///
    /// # Panics
    /// Where it is of a larger graph, as all that is asked of a value.
    pub fn value(&self, id: ValueId) -> &Value {
        &self.values[id.index()]
    }

    /// The type of the value `id`.
    pub fn ty(&self, id: ValueId) -> &Type {
        &self.value(id).ty
    }

    /// The shape of the value `id` for one image.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where it is no image and no vector.
    pub fn shape(&self, id: ValueId) -> Result<Shape> {
        let Value { name, ty, .. } = self.value(id);
        ty.shape().ok_or_else(|| {
            Error::new(
                ErrorKind::Shape,
                format!("{name}: expected an image or a vector, found {ty}"),
            )
        })
    }

    /// What goes in.
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// What comes out, the answer first. Their memory is not used for anything else, and no pass drops them.
    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// Tensors that a weights file has, with their places.
    pub fn stored(&self) -> impl Iterator<Item = (ValueId, &Value)> {
        let values = (0..).map(ValueId).zip(&self.values);
        values.filter(|(_, value)| matches!(value.origin, Origin::Stored { .. }))
    }

    /// Adds an input.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where an input is called so already, or devices have no such elements.
    pub fn add_input(&mut self, name: impl Into<String>, ty: Type) -> Result<ValueId> {
        let name = name.into();
        if self.inputs.iter().any(|port| port.name == name) {
            return Err(refused(&name, "two inputs of one name".into()));
        }
        if !ty.element().is_on_devices() {
            return Err(refused(
                &name,
                format!("expected an element that devices have, found {ty}"),
            ));
        }
        let value = self.add_value(name.as_str().into(), ty, Origin::Input, None)?;
        self.inputs.push(Port { name, value });
        Ok(value)
    }

    /// Adds a tensor of the weights file; where one is called so already, that one.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where it is of another type, or images have one each.
    pub fn add_stored(
        &mut self,
        name: impl Into<Name>,
        ty: Type,
        trainable: bool,
    ) -> Result<ValueId> {
        let name = name.into();
        if ty.is_per_image() {
            return Err(refused(
                &name,
                format!("expected a tensor that all images share, found {ty}"),
            ));
        }
        if let Some(&id) = self.stored.get(&name) {
            let before = self.ty(id);
            return match *before == ty {
                true => Ok(id),
                false => Err(refused(
                    &name,
                    format!("expected {before} as before, found {ty}"),
                )),
            };
        }
        let id = self.add_value(name.clone(), ty, Origin::Stored { trainable }, Some(0))?;
        self.stored.insert(name, id);
        Ok(id)
    }

    /// Adds a constant that is known already.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] for a graph of 2^32 values.
    pub fn add_known(&mut self, name: impl Into<Name>, tensor: HostTensor) -> Result<ValueId> {
        let ty = Type::shared(tensor.element(), tensor.dims())?;
        self.add_value(name.into(), ty, Origin::Known(Arc::new(tensor)), Some(0))
    }

    /// Adds the operation `op` of `inputs`, parameters included, and answers with its results.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`], naming the node and what it was given, where the operation cannot take its inputs, or they
    /// are none of this graph's.
    pub fn add(
        &mut self,
        name: impl Into<Name>,
        op: Op,
        inputs: Vec<Option<ValueId>>,
    ) -> Result<Vec<ValueId>> {
        let name = name.into();
        let types = self.infer(&name, &op, &inputs)?;
        let steps = self.steps_behind(&name, &inputs)?;
        let node = NodeId(self.nodes.len() as u32);
        let mut results = Vec::with_capacity(types.len());
        for (index, ty) in types.into_iter().enumerate() {
            let origin = Origin::Result { node, index };
            results.push(self.add_value(name.clone(), ty, origin, steps)?);
        }
        self.nodes.push(Node {
            name,
            op,
            inputs,
            pre: Pointwise::identity(),
            pre_operands: Vec::new(),
            operands: Vec::new(),
            post: Pointwise::identity(),
            results: results.clone(),
        });
        Ok(results)
    }

    /// Lets `value` be read after a run under `name`, behind the outputs that there are, and gives its place in
    /// [`Graph::outputs`].
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where an output is called so already, devices have no such elements, or the value is none
    /// of this graph's.
    pub fn add_output(&mut self, name: impl Into<String>, value: ValueId) -> Result<usize> {
        let name = name.into();
        self.check_known(&name, value)?;
        if self.outputs.iter().any(|port| port.name == name) {
            return Err(refused(&name, "two outputs of one name".into()));
        }
        let ty = self.ty(value);
        if !ty.element().is_on_devices() {
            return Err(refused(
                &name,
                format!("expected an element that devices have, found {ty}"),
            ));
        }
        self.outputs.push(Port { name, value });
        Ok(self.outputs.len() - 1)
    }

    /// The shape of the only input, an image.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where there is another number of inputs, or it is no image.
    pub fn input_shape(&self) -> Result<Shape> {
        match self.inputs.as_slice() {
            [input] => self.shape(input.value),
            inputs => Err(refused(
                &self.name,
                format!("expected 1 input, found {}", inputs.len()),
            )),
        }
    }

    /// The answer: the first output.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where there is none.
    pub fn answer(&self) -> Result<ValueId> {
        let first = self.outputs.first().map(|port| port.value);
        first.ok_or_else(|| refused(&self.name, "expected an output, found none".into()))
    }

    /// The shape of the answer for one image.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where there is none, or it is no image and no vector.
    pub fn output_shape(&self) -> Result<Shape> {
        self.shape(self.answer()?)
    }

    /// The nodes that read each value, once for each time they read it.
    pub fn readers(&self) -> Vec<Vec<NodeId>> {
        let mut readers = vec![Vec::new(); self.values.len()];
        for (id, node) in self.iter() {
            for read in node.reads() {
                readers[read.index()].push(id);
            }
        }
        readers
    }

    /// Types of what node `id` reads, parameters included.
    pub fn input_types(&self, id: NodeId) -> Vec<Option<&Type>> {
        let inputs = self.node(id).inputs.iter();
        inputs
            .map(|input| input.map(|input| self.ty(input)))
            .collect()
    }

    /// Cost of node `id` for one image: nothing where it is constant.
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

    fn add_value(
        &mut self,
        name: Name,
        ty: Type,
        origin: Origin,
        steps: Option<usize>,
    ) -> Result<ValueId> {
        let Ok(id) = u32::try_from(self.values.len()) else {
            return Err(Error::new(
                ErrorKind::Limit,
                format!("{name}: a graph has at most 2^32 values"),
            ));
        };
        self.values.push(Value {
            name,
            ty,
            origin,
            steps,
        });
        Ok(ValueId(id))
    }

    /// Whether no input reaches what is computed of these constants in so many steps more.
    pub(crate) fn can_be_computed(&self, constants: &[Option<ValueId>], more: usize) -> bool {
        let constants = constants.iter().flatten();
        let steps = constants.map(|&constant| self.value(constant).steps);
        let steps: Option<usize> = steps.sum();
        steps.is_some_and(|steps| steps + more <= LONGEST_CONSTANT)
    }

    /// Operations that compute what is computed of `inputs`; none where an input of the graph reaches it.
    fn steps_behind(&self, name: &str, inputs: &[Option<ValueId>]) -> Result<Option<usize>> {
        let mut steps = 1;
        for &input in inputs.iter().flatten() {
            match self.value(input).steps {
                Some(before) => steps += before,
                None => return Ok(None),
            }
        }
        match steps <= LONGEST_CONSTANT {
            true => Ok(Some(steps)),
            false => Err(refused(
                name,
                format!("constants are computed in at most {LONGEST_CONSTANT} steps"),
            )),
        }
    }

    fn check_known(&self, name: &str, value: ValueId) -> Result<()> {
        match value.index() < self.values.len() {
            true => Ok(()),
            false => Err(refused(name, format!("there is no value {value}"))),
        }
    }

    fn infer(&self, name: &str, op: &Op, inputs: &[Option<ValueId>]) -> Result<Vec<Type>> {
        for &input in inputs.iter().flatten() {
            self.check_known(name, input)?;
        }
        let types: Vec<Option<&Type>> = inputs
            .iter()
            .map(|input| input.map(|input| self.ty(input)))
            .collect();
        op.infer(&types).map_err(|error| {
            let listed: Vec<String> = types
                .iter()
                .map(|ty| ty.map_or("nothing".to_owned(), Type::to_string))
                .collect();
            let (kind, listed) = (op.kind(), listed.join(", "));
            Error::new(
                ErrorKind::Shape,
                format!("{name} ({kind}) cannot take [{listed}]: {error}"),
            )
        })
    }
}

fn refused(name: &str, message: String) -> Error {
    Error::new(ErrorKind::Shape, format!("{name}: {message}"))
}
