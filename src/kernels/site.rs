//! Where kernels see a node of a graph: what is computed, of which shapes, on what device. Kernels know a graph by
//! nothing else.

use std::fmt;
use std::ops::Range;

use crate::device::DeviceProfile;
use crate::graph::{Activation, Cost, Graph, NodeId, Op, Shape, Window};

/// An operation at its place in a graph, for a number of images on a device.
#[derive(Clone, Debug)]
pub struct Site<'a> {
    op: Op,
    inputs: Vec<Shape>,
    output: Shape,
    /// Dimensions of each parameter that the operation reads, by operand; of an optional one only where it is there.
    operands: Vec<Vec<usize>>,
    batch: usize,
    device: &'a DeviceProfile,
}

/// What a layer is called in a tuning: the operation and its input, without what all kernels do alike.
pub struct Layer<'a>(&'a Site<'a>);

impl<'a> Site<'a> {
    /// The node `id` of `graph`, for `batch` images.
    pub fn new(graph: &Graph, id: NodeId, batch: usize, device: &'a DeviceProfile) -> Self {
        let node = graph.node(id);
        let parameters = node.op.parameters().into_iter();
        Self {
            op: node.op.clone(),
            inputs: graph.input_shapes(id),
            output: node.shape,
            operands: parameters
                .map(|id| graph.parameter(id).shape.clone())
                .collect(),
            batch,
            device,
        }
    }

    /// The operation's kind, as listings name it.
    pub fn kind(&self) -> &'static str {
        self.op.kind()
    }

    /// The operation with its attributes.
    pub fn op(&self) -> &Op {
        &self.op
    }

    /// Images that go through at once.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// The device.
    pub fn device(&self) -> &'a DeviceProfile {
        self.device
    }

    /// Shape of the first input for one image.
    pub fn input(&self) -> Shape {
        self.inputs[0]
    }

    /// Shape of the result for one image.
    pub fn output(&self) -> Shape {
        self.output
    }

    /// Pixels of the result for the whole batch.
    pub fn pixels(&self) -> usize {
        self.batch * self.output.pixels()
    }

    /// Dimensions of a parameter: operand 0 is the weight, 1 the bias; of a batch normalisation scale, shift, mean and
    /// variance.
    pub fn operand(&self, index: usize) -> &[usize] {
        self.operands.get(index).map_or(&[], Vec::as_slice)
    }

    /// Whether there is a bias behind the weight.
    pub fn has_bias(&self) -> bool {
        self.operands.len() > 1
    }

    /// Whether a second tensor is added to the result before it is clamped.
    pub fn has_residual(&self) -> bool {
        matches!(self.op, Op::Conv2d(_)) && self.inputs.len() > 1
    }

    /// Channels of the first input.
    pub fn in_channels(&self) -> usize {
        self.inputs[0].channels
    }

    /// Channels of the result.
    pub fn out_channels(&self) -> usize {
        self.output.channels
    }

    /// Blocks of channels that do not see each other.
    pub fn conv_groups(&self) -> usize {
        match &self.op {
            Op::Conv2d(op) => op.groups,
            Op::ConvTranspose2d(op) => op.groups,
            _ => 1,
        }
    }

    /// Whether a convolution filters each channel by itself.
    pub fn is_depthwise(&self) -> bool {
        let groups = self.conv_groups();
        groups > 1 && groups == self.in_channels() && groups == self.out_channels()
    }

    /// The window that slides over the input; a linear layer's is a single tap.
    pub fn window(&self) -> Window {
        match &self.op {
            Op::Conv2d(op) => op.window,
            Op::ConvTranspose2d(op) => op.window,
            Op::MaxPool(op) => op.window,
            Op::AveragePool(op) => op.window,
            _ => Window::square(1, 1),
        }
    }

    /// The interval that the result is clamped to at last.
    pub fn clamp(&self) -> [f32; 2] {
        match &self.op {
            Op::Activation(activation) => clamp_of(*activation),
            op => clamp_of(op.activation().unwrap_or_default()),
        }
    }

    /// What a batch normalisation adds to the variance.
    pub fn epsilon(&self) -> f64 {
        match &self.op {
            Op::BatchNorm(op) => op.parameters.epsilon,
            _ => 0.0,
        }
    }

    /// Floating-point operations of the whole batch.
    pub fn flops(&self) -> u64 {
        self.cost().flops
    }

    /// What the operation takes for the whole batch.
    pub fn cost(&self) -> Cost {
        self.op.cost(&self.inputs, self.output).of_batch(self.batch)
    }

    /// The same operation, for a range of its output channels only.
    pub(crate) fn part(&self, channels: Range<usize>) -> Self {
        let mut part = self.clone();
        match &mut part.op {
            Op::Conv2d(op) => op.out_channels = channels.len(),
            Op::Linear(op) => op.out_features = channels.len(),
            _ => {}
        }
        for shape in part.inputs.iter_mut().skip(1) {
            shape.channels = channels.len();
        }
        part.output.channels = channels.len();
        part
    }

    /// The same operation without a tensor that is added to its result.
    pub(crate) fn without_residual(mut self) -> Self {
        if self.has_residual() {
            self.inputs.truncate(1);
        }
        self
    }

    /// What the operation is called in a tuning.
    pub fn layer(&self) -> Layer<'_> {
        Layer(self)
    }
}

/// The operation as listings show it.
impl fmt::Display for Site<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.op)
    }
}

impl fmt::Display for Layer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut op = self.0.op.clone();
        if let Some(activation) = op.activation_mut() {
            *activation = Activation::Identity;
        }
        match &mut op {
            Op::Conv2d(op) => op.bias = None,
            Op::Linear(op) => op.bias = None,
            _ => {}
        }
        let Site { batch, device, .. } = self.0;
        let (input, storage) = (self.0.input(), device.storage);
        write!(f, "{op} of {input}, batch {batch}, {storage}")
    }
}

/// The interval that an activation clamps its argument to. Every activation of the zoo is a clamp, so kernels take the
/// interval as data and need no pipeline for each.
pub(crate) fn clamp_of(activation: Activation) -> [f32; 2] {
    match activation {
        Activation::Identity => [f32::MIN, f32::MAX],
        Activation::Relu => [0.0, f32::MAX],
        Activation::Relu6 => [0.0, 6.0],
    }
}
