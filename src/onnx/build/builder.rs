//! Building of our graph from the nodes of a file.

use std::rc::Rc;

use super::budget::Budget;
use super::constants::{constants, deferred};
use super::node::Node;
use super::value::{Computed, Constant, Source, Value};
use crate::graph::{Graph, Op, Pointwise, Reshape, Slice, SliceAxis, Transpose, ValueId};
use crate::onnx::array::Array;
use crate::onnx::data_type::DataType;
use crate::onnx::file::OnnxFile;
use crate::onnx::stored::StoredTensor;
use crate::tensor::{Dims, Type};

/// A constant with more elements is computed by nodes of our graph where that is possible.
const LARGE: usize = 1 << 12;

/// The most nodes, the parts of other nodes included: a recurrent layer has some for each step.
const MOST_NODES: usize = 1 << 18;

/// The graph under construction.
pub struct Builder<'a> {
    pub(super) graph: Graph,
    pub(super) file: &'a OnnxFile,
    /// What constants on the host may still take.
    pub(super) budget: Budget,
    /// The number of images that the first extent counts in the file.
    pub images: usize,
    /// The name of the node that is imported.
    pub name: String,
    /// The nodes that were added, and their parts.
    nodes: usize,
}

impl<'a> Builder<'a> {
    pub fn new(file: &'a OnnxFile, images: usize) -> Self {
        Self {
            graph: Graph::new(file.name()),
            file,
            budget: Budget::new(&file.stored),
            images,
            name: String::new(),
            nodes: 0,
        }
    }

    pub fn finish(self) -> Graph {
        self.graph
    }

    /// Returns the initializer `name`.
    pub fn stored(&mut self, name: &str, tensor: &StoredTensor) -> Value {
        Value::Constant(Rc::new(Constant {
            ty: tensor.ty,
            dims: tensor.dims.clone(),
            source: Source::Stored(name.to_owned()),
            array: Default::default(),
            id: Default::default(),
        }))
    }

    /// Adds an input of our graph.
    pub fn input(&mut self, name: &str, ty: Type) -> Result<ValueId, String> {
        let added = self.graph.add_input(name, ty);
        added.map_err(|error| error.to_string())
    }

    /// Makes `value` an output of our graph.
    pub fn add_output(&mut self, name: &str, value: &Value) -> Result<(), String> {
        self.name = format!("{name}.output");
        let computed = self.tensor(value)?;
        let mut id = computed.id;
        if self.graph.value(id).is_constant() {
            if self.images > 1 {
                return Err("it is one value for all images of a batch".to_owned());
            }
            id = self.of_each_image(id)?;
        }
        // One number of each image: in the file, the images are its only axis, or it has none.
        if computed.rank() < 2 && self.extents(id) == [1] {
            let dims = Dims::SCALAR;
            id = self.part(Op::Reshape(Reshape { dims }), id)?;
        }
        let added = self.graph.add_output(name, id);
        added.map(|_| ()).map_err(|error| error.to_string())
    }

    /// Returns a constant as a value of each image.
    pub fn of_each_image(&mut self, constant: ValueId) -> Result<ValueId, String> {
        let Some(port) = self.graph.inputs().first() else {
            return Err("expected an input, found none".to_owned());
        };
        let input = port.value;
        let axes = self.extents(input).len();
        let axes = vec![SliceAxis::range(0, 1); axes];
        let one = self.op(Op::Slice(Slice { axes }), &[input])?;
        let extents = self.extents(constant);
        let one = self.view(one, &vec![1; extents.len()])?;
        let mut dims = vec![1];
        dims.extend(&extents);
        if extents.is_empty() {
            // Each image has at least one axis.
            dims.push(1);
        }
        let constant = self.view(constant, &dims)?;
        // A clamp makes 0 of any number. A product with 0 would make NaN of infinity.
        let zero = Pointwise::identity().clamp(0.0, 0.0);
        let sum = zero.plus(&Pointwise::operand(1));
        self.op(Op::Pointwise(sum), &[one, constant])
    }

    /// Imports `node` and returns its results.
    pub fn add(&mut self, node: Node) -> Result<Vec<Value>, String> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(format!(
                "expected at most {MOST_NODES} nodes and parts of them"
            ));
        }
        self.name.clone_from(&node.name);
        let (constants, is_constant) = constants(&node);
        if !is_constant {
            return (node.operation.import)(self, &node);
        }
        let is_large = constants.iter().any(|constant| {
            let is_known = matches!(constant.source, Source::Known);
            constant.ty.is_float() && constant.count() > LARGE && !is_known
        });
        match node.operation.fold {
            Some(_) if !(is_large && node.operation.is_lazy) => self.fold(&node),
            _ => match (node.operation.import)(self, &node) {
                Ok(results) => Ok(deferred(&node, results)),
                Err(_) => self.fold(&node),
            },
        }
    }

    /// Computes the results of a node of constants on the host.
    fn fold(&self, node: &Node) -> Result<Vec<Value>, String> {
        let arrays = self.folded(node)?;
        self.budget.take(arrays.iter().map(Array::count).sum())?;
        Ok(arrays.into_iter().map(Value::known).collect())
    }

    /// Adds the operation `op` under the name of the node, and returns its first result.
    pub fn op(&mut self, op: Op, inputs: &[ValueId]) -> Result<ValueId, String> {
        let inputs = inputs.iter().copied().map(Some).collect();
        self.ops(op, inputs).map(|results| results[0])
    }

    /// Adds the operation `op` under the name of the node, and returns its results.
    pub fn ops(&mut self, op: Op, inputs: Vec<Option<ValueId>>) -> Result<Vec<ValueId>, String> {
        let added = self.graph.add(self.name.as_str(), op, inputs);
        added.map_err(|error| error.to_string())
    }

    /// Adds an operation that only prepares another one of the same node.
    fn part(&mut self, op: Op, input: ValueId) -> Result<ValueId, String> {
        let name = format!("{}.{}", self.name, op.kind());
        let added = self.graph.add(name, op, vec![Some(input)]);
        added
            .map(|results| results[0])
            .map_err(|error| error.to_string())
    }

    /// Returns the value `id` with other extents, without the image axis.
    pub fn view(&mut self, id: ValueId, extents: &[usize]) -> Result<ValueId, String> {
        // Each image has at least one axis.
        let extents = match extents {
            [] if self.graph.ty(id).is_per_image() => &[1],
            extents => extents,
        };
        let mut id = id;
        loop {
            if self.graph.ty(id).extents() == extents {
                return Ok(id);
            }
            match self.reshaped(id) {
                Some(input) => id = input,
                None => break,
            }
        }
        let dims = Dims::new(extents).map_err(|error| error.to_string())?;
        self.part(Op::Reshape(Reshape { dims }), id)
    }

    /// Returns the value that `id` is a reshaping of, if it is one.
    pub fn reshaped(&self, id: ValueId) -> Option<ValueId> {
        let node = self.graph.node(self.graph.value(id).node()?);
        match node.op() {
            Op::Reshape(_) => node.input(),
            _ => None,
        }
    }

    /// Returns the value `id` with permuted axes, without the image axis.
    pub fn permuted(&mut self, id: ValueId, axes: &[usize]) -> Result<ValueId, String> {
        if axes.iter().copied().eq(0..axes.len()) {
            return Ok(id);
        }
        let axes = axes.to_vec();
        self.part(Op::Transpose(Transpose { axes }), id)
    }

    /// Returns `value` as a value of our graph. A constant has no images.
    pub fn tensor(&mut self, value: &Value) -> Result<Computed, String> {
        match value {
            Value::Computed(computed) => Ok(computed.clone()),
            Value::Constant(constant) => Ok(Computed {
                id: self.constant(constant)?,
                ty: constant.ty,
                dims: constant.dims.clone(),
                has_images: false,
            }),
            Value::Unknown => Err("an input is not known".to_owned()),
        }
    }

    /// Returns `value` with all axes of the file as axes of our graph, so that an operation can use the first one.
    pub fn whole(&mut self, computed: &Computed) -> Result<Computed, String> {
        if !computed.has_images {
            return Ok(computed.clone());
        }
        self.expect_one_image()?;
        Ok(Computed {
            id: self.view(computed.id, &computed.dims)?,
            has_images: false,
            ..computed.clone()
        })
    }

    /// Checks that a batch is one image, so that its axis can be one like any other.
    pub fn expect_one_image(&self) -> Result<(), String> {
        match self.images > 1 {
            true => Err(format!(
                "it combines the {} images of a batch, which are computed one by one",
                self.images
            )),
            false => Ok(()),
        }
    }

    /// Returns `value`, as an operation along `axes` of the file needs it.
    pub fn along(&mut self, value: &Value, axes: &[usize]) -> Result<Computed, String> {
        let computed = self.tensor(value)?;
        match axes.contains(&0) {
            true => self.whole(&computed),
            false => Ok(computed),
        }
    }

    /// Returns the result `id` with the extents `dims` in the file. `has_images` says whether our graph has the first of
    /// them as images.
    pub fn result(
        &mut self,
        id: ValueId,
        ty: DataType,
        dims: Vec<usize>,
        has_images: bool,
    ) -> Result<Value, String> {
        let is_constant = self.graph.value(id).is_constant();
        let counts_images = self.images == 1 && dims.len() >= 2 && dims[0] == 1;
        if has_images || is_constant || !counts_images {
            let computed = Computed {
                id,
                ty,
                dims,
                has_images,
            };
            return Ok(Value::Computed(computed));
        }
        Ok(Value::Computed(Computed {
            id: self.view(id, &dims[1..])?,
            ty,
            dims,
            has_images: true,
        }))
    }

    /// Returns the only result `id`, which has the type, the images and the number of axes of `like`.
    pub fn like(&mut self, id: ValueId, like: &Computed) -> Result<Vec<Value>, String> {
        let extents = self.graph.ty(id).extents().to_vec();
        let mut dims = like.dims[..usize::from(like.has_images)].to_vec();
        dims.extend(extents);
        Ok(vec![self.result(id, like.ty, dims, like.has_images)?])
    }

    /// Returns the type of `id` in our graph.
    pub fn graph_type(&self, id: ValueId) -> Type {
        *self.graph.ty(id)
    }

    /// Returns the extents of `id` in our graph, without the image axis.
    pub fn extents(&self, id: ValueId) -> Vec<usize> {
        self.graph.ty(id).extents().to_vec()
    }
}
