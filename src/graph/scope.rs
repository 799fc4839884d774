//! The builder that networks are written with. A [`Scope`] joins layer names with dots, declares parameters under
//! the names of the reference implementation, and checks types.

use std::cell::RefCell;
use std::fmt;
use std::ops::RangeInclusive;

use super::{Graph, Op, ValueId};
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{Element, HostTensor, Shape, Type};

/// A named part of a network under construction, such as `layer1.0`. Each method that adds a layer takes a name,
/// the inputs and the attributes. The layer's parameters are stored tensors called `LAYER.PARAMETER`, such as
/// `layer1.0.conv1.weight`.
pub struct Scope<'a> {
    graph: &'a RefCell<Graph>,
    path: String,
}

/// Builds the network `name`. `body` gets the root scope, declares inputs and outputs, and adds the layers.
///
/// # Errors
/// [`ErrorKind::Shape`] if a layer does not accept its inputs (the message names the layer), or if there is no
/// output; and the errors of `body`.
///
/// ```
/// use menagerie::graph::{Conv, network};
/// use menagerie::tensor::Shape;
///
/// let graph = network("edges", |net| {
///     let photo = net.image("photo", Shape::new(3, 32, 32))?;
///     let edges = net.conv("edges", photo, Conv::new(8, 3).padding(1).bias())?;
///     net.output("edges", edges)
/// })?;
/// assert_eq!(graph.output_shape()?, Shape::new(8, 32, 32));
/// # Ok::<(), menagerie::Error>(())
/// ```
pub fn network(name: &str, body: impl FnOnce(&Scope<'_>) -> Result<()>) -> Result<Graph> {
    let graph = RefCell::new(Graph::new(name));
    body(&Scope::root(&graph))?;
    let graph = graph.into_inner();
    graph.answer()?;
    Ok(graph)
}

/// Builds the network `name` with one image input of `shape`, called `input`, and one output, called `output`.
/// `body` gets the root scope and the image, and returns the answer.
///
/// # Errors
/// The same as [`network`].
pub fn image_network(
    name: &str,
    shape: Shape,
    body: impl FnOnce(&Scope<'_>, ValueId) -> Result<ValueId>,
) -> Result<Graph> {
    network(name, |net| {
        let input = net.image("input", shape)?;
        let answer = body(net, input)?;
        net.output("output", answer)
    })
}

impl<'a> Scope<'a> {
    /// Returns the root scope of `graph`, for a network that is not written in one function: in an editor, or in another
    /// language. [`network`] is shorter for one that is.
    pub fn root(graph: &'a RefCell<Graph>) -> Self {
        Self {
            graph,
            path: String::new(),
        }
    }
}

impl Scope<'_> {
    /// Returns the scope `name` inside this one.
    pub fn at(&self, name: impl fmt::Display) -> Scope<'_> {
        Scope {
            graph: self.graph,
            path: self.join(name),
        }
    }

    /// Adds an input of the network.
    ///
    /// # Errors
    /// The same as [`Graph::add_input`].
    pub fn input(&self, name: &str, ty: Type) -> Result<ValueId> {
        self.graph.borrow_mut().add_input(self.join(name), ty)
    }

    /// Adds an input of the network: images of f32.
    ///
    /// # Errors
    /// The same as [`Graph::add_input`], and [`ErrorKind::Shape`] if `shape` has an extent of 0.
    pub fn image(&self, name: &str, shape: Shape) -> Result<ValueId> {
        let ty = Type::image(shape).map_err(|error| error.in_context(self.join(name)))?;
        self.input(name, ty)
    }

    /// Makes `x` an output of the network. The first output is the network's answer.
    ///
    /// # Errors
    /// The same as [`Graph::add_output`].
    pub fn output(&self, name: &str, x: ValueId) -> Result<()> {
        let mut graph = self.graph.borrow_mut();
        graph.add_output(self.join(name), x).map(|_| ())
    }

    /// Declares a tensor of the weights file that training changes by gradients.
    ///
    /// # Errors
    /// The same as [`Graph::add_stored`].
    pub fn parameter(&self, name: &str, extents: &[usize]) -> Result<ValueId> {
        self.declare(name, extents, true)
    }

    /// Declares a tensor of the weights file that training does not change by gradients, such as a running mean.
    ///
    /// # Errors
    /// The same as [`Graph::add_stored`].
    pub fn statistic(&self, name: &str, extents: &[usize]) -> Result<ValueId> {
        self.declare(name, extents, false)
    }

    /// Adds a constant whose values are part of the network.
    ///
    /// # Errors
    /// The same as [`Graph::add_known`].
    pub fn known(&self, name: &str, tensor: HostTensor) -> Result<ValueId> {
        self.graph.borrow_mut().add_known(self.join(name), tensor)
    }

    /// Adds the operation `op` with `inputs`, parameters included, and returns all its results.
    ///
    /// # Errors
    /// The same as [`Graph::add`].
    pub fn add_op(&self, name: &str, op: Op, inputs: Vec<Option<ValueId>>) -> Result<Vec<ValueId>> {
        self.graph.borrow_mut().add(self.join(name), op, inputs)
    }

    /// Returns the type of an intermediate result.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if `x` is not a value of this network.
    pub fn ty(&self, x: ValueId) -> Result<Type> {
        let graph = self.graph.borrow();
        let value = graph.values().get(x.index());
        value.map(|value| *value.ty()).ok_or_else(|| {
            let network = graph.name().to_owned();
            let place = if self.path.is_empty() {
                &network
            } else {
                &self.path
            };
            Error::new(ErrorKind::Shape, format!("{place}: there is no value {x}"))
        })
    }

    /// Returns the shape of an intermediate result for one image.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if `x` is neither an image nor a vector.
    pub fn shape(&self, x: ValueId) -> Result<Shape> {
        self.ty(x)?;
        self.graph.borrow().shape(x)
    }

    /// Checks that `x` has the shape that the linear layer `reader` expects. Only input images with sides of
    /// `sides` pixels give this shape: networks older than adaptive pooling accept no other size.
    pub(crate) fn expect_features(
        &self,
        reader: &str,
        x: ValueId,
        expected: Shape,
        sides: RangeInclusive<usize>,
    ) -> Result<()> {
        let found = self.shape(x)?;
        if found == expected {
            return Ok(());
        }
        let input = self.graph.borrow().input_shape()?;
        let (least, most) = sides.into_inner();
        Err(Error::new(
            ErrorKind::Shape,
            format!(
                "{reader} reads {expected}, which images of {least} to {most} pixels a side leave; \
                 {input} leaves {found}"
            ),
        ))
    }

    /// Adds the operation `op` and returns its only result.
    pub(super) fn add_one(
        &self,
        name: &str,
        op: Op,
        inputs: Vec<Option<ValueId>>,
    ) -> Result<ValueId> {
        self.add_op(name, op, inputs).map(|results| results[0])
    }

    fn declare(&self, name: &str, extents: &[usize], trainable: bool) -> Result<ValueId> {
        let name = self.join(name);
        let ty = Type::shared(Element::F32, extents).map_err(|error| error.in_context(&name))?;
        self.graph.borrow_mut().add_stored(name, ty, trainable)
    }

    pub(super) fn join(&self, name: impl fmt::Display) -> String {
        match self.path.as_str() {
            "" => name.to_string(),
            path => format!("{path}.{name}"),
        }
    }
}
