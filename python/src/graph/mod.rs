//! Networks of one's own, layer by layer.

mod layers;
mod windows;

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use menagerie::Result;
use menagerie::graph::{Scope, ValueId};
use menagerie::tensor::Shape;
use pyo3::prelude::*;

use crate::errors::{exception, wrong_input};
use crate::summary::Summary;

/// A network of your own, layer by layer. Each method adds a layer and returns its result, which later layers take. A layer
/// has a name; its parameters are called `NAME.weight`, `NAME.bias` and so on, as in a state dict of PyTorch. `load` makes
/// a network of it.
///
/// >>> net = menagerie.Graph("edges")
/// >>> photo = net.image("photo", (3, 32, 32))
/// >>> edges = net.conv("edges", photo, 8, 3, padding=1)
/// >>> edges.shape
/// (8, 32, 32)
/// >>> net.output("edges", net.relu("relu", edges))
/// >>> menagerie.load(net, weights="synthetic:0").input
/// (3, 32, 32)
#[pyclass(frozen, module = "menagerie")]
pub struct Graph {
    graph: Arc<Mutex<menagerie::graph::Graph>>,
    /// The names of the scopes that this one is in.
    path: Vec<String>,
}

/// The result of a layer of a `Graph`.
#[pyclass(frozen, module = "menagerie")]
pub struct Value {
    graph: Arc<Mutex<menagerie::graph::Graph>>,
    id: ValueId,
    shape: Shape,
}

#[pymethods]
impl Value {
    /// Channels, height and width, for one image.
    #[getter]
    fn shape(&self) -> (usize, usize, usize) {
        (self.shape.channels, self.shape.height, self.shape.width)
    }

    fn __repr__(&self) -> String {
        format!("Value({})", self.shape)
    }
}

impl Graph {
    /// The graph as it is now.
    pub fn graph(&self) -> menagerie::graph::Graph {
        self.graph
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Calls `body` with the scope.
    fn scope<T>(&self, py: Python<'_>, body: impl FnOnce(&Scope<'_>) -> Result<T>) -> PyResult<T> {
        let mut graph = self.graph.lock().unwrap_or_else(PoisonError::into_inner);
        let name = graph.name().to_owned();
        let cell = RefCell::new(std::mem::replace(
            &mut *graph,
            menagerie::graph::Graph::new(name),
        ));
        let result = within(&Scope::root(&cell), &self.path, body);
        *graph = cell.into_inner();
        result.map_err(|error| exception(py, &error))
    }

    /// Adds a layer with one result.
    fn layer(
        &self,
        py: Python<'_>,
        body: impl FnOnce(&Scope<'_>) -> Result<ValueId>,
    ) -> PyResult<Value> {
        let (id, shape) = self.scope(py, |scope| {
            let id = body(scope)?;
            Ok((id, scope.shape(id)?))
        })?;
        Ok(self.value(id, shape))
    }

    fn value(&self, id: ValueId, shape: Shape) -> Value {
        let graph = Arc::clone(&self.graph);
        Value { graph, id, shape }
    }

    /// Checks that `x` is of this graph.
    fn id(&self, py: Python<'_>, x: &Value) -> PyResult<ValueId> {
        match Arc::ptr_eq(&self.graph, &x.graph) {
            true => Ok(x.id),
            false => Err(wrong_input(
                py,
                "expected a value of the same graph, found one of another",
            )),
        }
    }
}

/// Calls `body` with the scope at `path` inside `scope`.
fn within<T>(
    scope: &Scope<'_>,
    path: &[String],
    body: impl FnOnce(&Scope<'_>) -> Result<T>,
) -> Result<T> {
    match path {
        [] => body(scope),
        [first, rest @ ..] => within(&scope.at(first), rest, body),
    }
}

#[pymethods]
impl Graph {
    #[new]
    fn new(name: &str) -> Self {
        Self {
            graph: Arc::new(Mutex::new(menagerie::graph::Graph::new(name))),
            path: Vec::new(),
        }
    }

    /// A part of the network: layers that are added to it have `name` and a dot in front of theirs, as modules of PyTorch.
    ///
    /// >>> net = menagerie.Graph("net")
    /// >>> x = net.at("layer1").image("x", (3, 8, 8))
    fn at(&self, name: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut path = self.path.clone();
        path.push(name.str()?.to_string());
        let graph = Arc::clone(&self.graph);
        Ok(Self { graph, path })
    }

    /// Adds an input: an image of `shape`, which is channels, height and width. The number of images is no part of a graph.
    fn image(&self, py: Python<'_>, name: &str, shape: (usize, usize, usize)) -> PyResult<Value> {
        let (channels, height, width) = shape;
        self.layer(py, |scope| {
            scope.image(name, Shape::new(channels, height, width))
        })
    }

    /// Makes `x` an output. The first output is the answer of the network.
    fn output(&self, py: Python<'_>, name: &str, x: &Value) -> PyResult<()> {
        let x = self.id(py, x)?;
        self.scope(py, |scope| scope.output(name, x))
    }

    /// The layers that were added so far.
    fn summary(&self) -> Summary {
        Summary(menagerie::graph::Summary::of(&self.graph()))
    }

    fn __repr__(&self) -> String {
        format!("Graph({})", self.graph().name())
    }
}
