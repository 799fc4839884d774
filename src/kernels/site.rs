//! A node of a graph as kernels read it: the operation, its shapes, the batch and the device. Kernels know nothing else
//! of a graph.

use std::sync::Arc;

use super::arrangement::Arrangement;
use super::packed_parameters::packed_parameters;
use super::read::Read;
use crate::device::DeviceProfile;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    Constant, Cost, Epilogue, Graph, NodeId, Op, Pointwise, ValueId, Window, Winograd,
};
use crate::tensor::{Dims, Element, Layout, Repetition, Shape, Type};

/// A node of a graph, for a batch of images on a device.
#[derive(Clone, Debug)]
pub struct Site<'a> {
    pub(super) op: Op,
    pub(super) pre: Pointwise,
    pub(super) post: Pointwise,
    /// Inputs of the operation, including its parameters.
    pub(super) reads: Vec<Option<Read>>,
    /// Operands of the prologue.
    pub(super) pre_operands: Vec<Read>,
    /// Operands of the epilogue.
    pub(super) operands: Vec<Read>,
    pub(super) results: Vec<Type>,
    /// Shapes in memory of all inputs and operands that are not constant.
    pub(super) inputs: Vec<Shape>,
    pub(super) outputs: Vec<Shape>,
    /// Of `inputs` and `outputs`, in the same order.
    input_arrangements: Vec<Arrangement>,
    output_arrangements: Vec<Arrangement>,
    parameters: Vec<Option<Arc<Constant>>>,
    pub(super) batch: usize,
    /// Of the whole batch.
    pub(super) cost: Cost,
    multiplies_f16: bool,
    device: &'a DeviceProfile,
}

impl<'a> Site<'a> {
    /// The site of the node `id` of `graph`, for `batch` images. All tensors have their channels last.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the images share a tensor, or its elements are not f32: no kernel reads it.
    pub fn new(graph: &Graph, id: NodeId, batch: usize, device: &'a DeviceProfile) -> Result<Self> {
        let channels_last = |value| Layout::channels_last(graph.ty(value).dims().rank());
        Self::in_layouts(graph, id, batch, device, channels_last)
    }

    /// The same for tensors that have the memory layout `layout`.
    ///
    /// # Errors
    /// The same as [`Site::new`].
    pub(crate) fn in_layouts(
        graph: &Graph,
        id: NodeId,
        batch: usize,
        device: &'a DeviceProfile,
        layout: impl Fn(ValueId) -> Layout,
    ) -> Result<Self> {
        let node = graph.node(id);
        let mut inputs = 0;
        let mut read = |id: ValueId| {
            let constant = graph.constant(id);
            let input = inputs;
            inputs += usize::from(constant.is_none());
            Read {
                value: id,
                ty: *graph.ty(id),
                constant,
                input,
            }
        };
        let arranged = |value: ValueId| {
            let ty = graph.ty(value);
            if !ty.is_per_image() || ty.element() != Element::F32 {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    format!(
                        "{} ({}) needs tensors of f32 for each image, found {ty}",
                        node.name(),
                        node.op().kind()
                    ),
                ));
            }
            let (dims, layout) = (*ty.dims(), layout(value));
            Ok(Arrangement { dims, layout })
        };
        let computed = node
            .reads()
            .filter(|&read| !graph.value(read).is_constant());
        let results = node.results().iter();
        let reads: Vec<Option<Read>> = node
            .inputs()
            .iter()
            .map(|input| input.map(&mut read))
            .collect();
        let parameters = packed_parameters(node, &reads);
        let inputs: Vec<Arrangement> = computed.map(arranged).collect::<Result<_>>()?;
        let outputs = results.clone().map(|&result| arranged(result));
        let outputs: Vec<Arrangement> = outputs.collect::<Result<_>>()?;
        Ok(Self {
            op: node.op().clone(),
            pre: node.pre().clone(),
            post: node.post().clone(),
            reads,
            pre_operands: node.pre_operands().iter().copied().map(&mut read).collect(),
            operands: node.operands().iter().copied().map(&mut read).collect(),
            results: results.map(|&result| *graph.ty(result)).collect(),
            inputs: inputs.iter().map(Arrangement::shape).collect(),
            outputs: outputs.iter().map(Arrangement::shape).collect(),
            input_arrangements: inputs,
            output_arrangements: outputs,
            parameters,
            batch,
            cost: graph.cost(id).of_batch(batch),
            multiplies_f16: false,
            device,
        })
    }

    /// The same site, where kernels may round what they multiply to f16.
    pub(crate) fn multiplying_f16(self) -> Self {
        Self {
            multiplies_f16: true,
            ..self
        }
    }

    /// Whether kernels may round what they multiply to f16. Sums are f32 in all cases.
    pub fn multiplies_f16(&self) -> bool {
        self.multiplies_f16
    }

    /// The kind of the operation, as listings show it.
    pub fn kind(&self) -> &'static str {
        self.op.kind()
    }

    /// The operation with its attributes.
    pub fn op(&self) -> &Op {
        &self.op
    }

    /// Number of images in a batch.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// The device.
    pub fn device(&self) -> &'a DeviceProfile {
        self.device
    }

    /// Shapes of the tensors that it writes, for one image.
    pub fn outputs(&self) -> &[Shape] {
        &self.outputs
    }

    /// Shapes of the tensors that it reads, for one image, without constants.
    pub fn inputs(&self) -> &[Shape] {
        &self.inputs
    }

    /// Shape of the first input, for one image.
    pub fn input(&self) -> Shape {
        self.inputs.first().copied().unwrap_or(Shape::vector(1))
    }

    /// Shape of the first result, for one image.
    pub fn output(&self) -> Shape {
        self.outputs[0]
    }

    /// The first input in memory.
    pub fn input_arrangement(&self) -> &Arrangement {
        self.input_arrangement_at(0)
    }

    /// The input at `index` in memory; see [`Site::inputs`].
    pub(super) fn input_arrangement_at(&self, index: usize) -> &Arrangement {
        &self.input_arrangements[index]
    }

    /// The first result in memory.
    pub fn output_arrangement(&self) -> &Arrangement {
        &self.output_arrangements[0]
    }

    /// All tensors that it reads and writes in memory.
    pub(super) fn arrangements(&self) -> impl Iterator<Item = &Arrangement> {
        let inputs = self.input_arrangements.iter();
        inputs.chain(&self.output_arrangements)
    }

    /// The extents of all results and operands.
    pub(super) fn extents(&self) -> impl Iterator<Item = &Dims> {
        let results = self.results.iter().map(Type::dims);
        let reads = self.reads.iter().flatten().chain(&self.operands);
        results.chain(reads.map(|read| read.ty.dims()))
    }

    /// Number of pixels of the result, for the whole batch.
    pub fn pixels(&self) -> usize {
        self.batch * self.output().pixels()
    }

    /// The constants that are packed for its kernels, by operand: weight and bias, or mean, scale and shift of a batch
    /// normalisation. `None` stands for an operand that is left out.
    pub fn parameters(&self) -> &[Option<Arc<Constant>>] {
        &self.parameters
    }

    /// Whether the operation has a bias.
    pub fn has_bias(&self) -> bool {
        self.has_parameter(1)
    }

    /// Whether the operation has the optional parameter at `index`, counted without its inputs.
    pub(super) fn has_parameter(&self, index: usize) -> bool {
        self.parameters.get(index).is_some_and(Option::is_some)
    }

    /// Whether only the prologue reads the input at `index`; see [`Site::inputs`].
    pub(crate) fn is_before(&self, index: usize) -> bool {
        let mut operands = self.pre_operands.iter();
        operands.any(|read| read.constant.is_none() && read.input == index)
    }

    /// Whether a residual is added to the result before it is clamped.
    pub fn has_residual(&self) -> bool {
        let epilogue = self.post.as_epilogue();
        let is_tensor = |read: &Read| {
            read.constant.is_none()
                && read.ty.repetition_in(&self.results[0]) == Some(Repetition::None)
        };
        epilogue.is_some_and(|epilogue| epilogue.residual)
            && self.operands.first().is_some_and(is_tensor)
    }

    /// Whether the weight is that of the products of Winograd's algorithm.
    pub(super) fn has_winograd_weight(&self) -> bool {
        let weight = self.parameters.first().and_then(Option::as_deref);
        matches!(
            weight,
            Some(Constant::Computed {
                op: Op::Winograd(Winograd::Weight),
                ..
            })
        )
    }

    /// The expression in front of the operation (prologue).
    pub fn pre(&self) -> &Pointwise {
        &self.pre
    }

    /// The expression after the operation (epilogue).
    pub fn post(&self) -> &Pointwise {
        &self.post
    }

    /// Channels of the first input.
    pub fn in_channels(&self) -> usize {
        self.input().channels
    }

    /// Channels of the result.
    pub fn out_channels(&self) -> usize {
        self.output().channels
    }

    /// Number of groups of a convolution; 1 for other operations.
    pub fn groups(&self) -> usize {
        match &self.op {
            Op::Conv2d(op) => op.groups,
            Op::ConvTranspose2d(op) => op.groups,
            _ => 1,
        }
    }

    /// Whether the convolution is depthwise: each channel is filtered by itself.
    pub fn is_depthwise(&self) -> bool {
        let groups = self.groups();
        groups > 1 && groups == self.in_channels() && groups == self.out_channels()
    }

    /// The sliding window over the input. The window of a linear layer is the whole input.
    pub fn window(&self) -> Window {
        match &self.op {
            Op::Conv2d(op) => op.window,
            Op::ConvTranspose2d(op) => op.window,
            Op::ConvPair(op) => op.window(),
            Op::MaxPool(op) => op.window,
            Op::AveragePool(op) => op.window,
            Op::Linear(_) => Window {
                kernel: [self.input().height, self.input().width],
                ..Window::square(1, 1)
            },
            _ => Window::square(1, 1),
        }
    }

    /// The interval to which the result is clamped at the end; infinite if it is not clamped.
    pub fn clamp(&self) -> [f32; 2] {
        let whole = match &self.op {
            Op::Activation(activation) => Some(activation.expression()),
            Op::Pointwise(expression) => Some(expression.clone()),
            _ => None,
        };
        let whole = whole.map_or_else(|| self.post.clone(), |op| op.then(&self.post));
        clamp_of(&whole).unwrap_or([f32::NEG_INFINITY, f32::INFINITY])
    }

    /// Floating-point operations of the whole batch.
    pub fn flops(&self) -> u64 {
        self.cost.flops
    }

    /// The cost of the operation for the whole batch.
    pub fn cost(&self) -> Cost {
        self.cost
    }
}

/// The interval to which `expression` clamps its operand, or `None` if it does anything else. A missing bound is infinite.
pub(crate) fn clamp_of(expression: &Pointwise) -> Option<[f32; 2]> {
    let Epilogue { low, high, .. } = expression.as_epilogue()?;
    Some([low as f32, high as f32])
}
