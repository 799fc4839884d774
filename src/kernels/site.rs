//! Where kernels see a node of a graph: what is computed, of which shapes, on what device. Kernels know a graph by
//! nothing else.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::device::DeviceProfile;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    BatchNorm, Constant, Cost, Epilogue, Graph, NodeId, Op, Pointwise, ValueId, Window, describe,
};
use crate::tensor::{Dims, Shape, Type};

/// An operation at its place in a graph, for a number of images on a device.
#[derive(Clone, Debug)]
pub struct Site<'a> {
    op: Op,
    post: Pointwise,
    /// What the operation reads, parameters included, each with whether it is constant.
    reads: Vec<Option<(bool, Type)>>,
    /// What is read behind the operation.
    operands: Vec<(bool, Type)>,
    results: Vec<Type>,
    /// Shapes of what is not constant of all that is read.
    inputs: Vec<Shape>,
    outputs: Vec<Shape>,
    parameters: Vec<Option<Arc<Constant>>>,
    batch: usize,
    device: &'a DeviceProfile,
}

/// What a layer is called in a tuning: the operation and its input, without what all kernels do alike.
pub struct Layer<'a>(&'a Site<'a>);

impl<'a> Site<'a> {
    /// The node `id` of `graph`, for `batch` images.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where a tensor is neither an image nor a vector of f32, which no kernel reads.
    pub fn new(graph: &Graph, id: NodeId, batch: usize, device: &'a DeviceProfile) -> Result<Self> {
        let node = graph.node(id);
        let read = |value: ValueId| {
            let value = graph.value(value);
            (value.is_constant(), *value.ty())
        };
        let shape = |value: ValueId| {
            let ty = graph.ty(value);
            ty.shape().ok_or_else(|| {
                Error::new(
                    ErrorKind::Unsupported,
                    format!(
                        "{} ({}) needs images or vectors of f32, found {ty}",
                        node.name(),
                        node.op().kind()
                    ),
                )
            })
        };
        let computed = node
            .reads()
            .filter(|&read| !graph.value(read).is_constant());
        let results = node.results().iter();
        Ok(Self {
            op: node.op().clone(),
            post: node.post().clone(),
            reads: node.inputs().iter().map(|input| input.map(read)).collect(),
            operands: node.operands().iter().copied().map(read).collect(),
            results: results.clone().map(|&result| *graph.ty(result)).collect(),
            inputs: computed.map(shape).collect::<Result<_>>()?,
            outputs: results
                .map(|&result| shape(result))
                .collect::<Result<_>>()?,
            parameters: parameters(graph, id),
            batch,
            device,
        })
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

    /// Shapes of the tensors that it reads for one image, constants left out.
    pub fn inputs(&self) -> &[Shape] {
        &self.inputs
    }

    /// Shape of the first input for one image.
    pub fn input(&self) -> Shape {
        self.inputs.first().copied().unwrap_or(Shape::vector(1))
    }

    /// Shape of the first result for one image.
    pub fn output(&self) -> Shape {
        self.outputs[0]
    }

    /// Pixels of the result for the whole batch.
    pub fn pixels(&self) -> usize {
        self.batch * self.output().pixels()
    }

    /// The constants that its kernels have packed, by operand: a weight and a bias; of a batch normalisation mean, scale
    /// and shift. None where one is left out.
    pub fn parameters(&self) -> &[Option<Arc<Constant>>] {
        &self.parameters
    }

    /// Whether there is a bias behind the weight.
    pub fn has_bias(&self) -> bool {
        self.parameters.get(1).is_some_and(Option::is_some)
    }

    /// What stands against every kernel: a parameter that is computed in each run, or a constant where something
    /// computed is needed.
    pub(super) fn obstacle(&self) -> Option<String> {
        let first_parameter = match self.op {
            Op::Conv2d(_) | Op::ConvTranspose2d(_) | Op::Linear(_) | Op::BatchNorm(_) => 1,
            _ => self.reads.len(),
        };
        let mut reads = self.reads.iter().enumerate().filter_map(|(index, read)| {
            let (constant, ty) = (*read)?;
            (constant != (index >= first_parameter)).then_some((constant, ty))
        });
        let behind = self
            .operands
            .iter()
            .copied()
            .filter(|(constant, _)| *constant);
        let (constant, ty) = reads.next().or_else(|| behind.clone().next())?;
        Some(match constant {
            true => format!("needs inputs that are computed in each run, found the constant {ty}"),
            false => {
                format!("needs parameters that are constant, found {ty}, computed in each run")
            }
        })
    }

    /// Whether a second tensor is added to the result before it is clamped.
    pub fn has_residual(&self) -> bool {
        self.epilogue().is_some_and(|epilogue| epilogue.residual)
    }

    /// What is computed behind the operation as a sum and a clamp; none where it is more than that.
    pub fn epilogue(&self) -> Option<Epilogue> {
        self.post.as_epilogue()
    }

    /// What is computed behind the operation.
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

    /// The window that slides over the input; that of a linear layer is the whole input.
    pub fn window(&self) -> Window {
        match &self.op {
            Op::Conv2d(op) => op.window,
            Op::ConvTranspose2d(op) => op.window,
            Op::MaxPool(op) => op.window,
            Op::AveragePool(op) => op.window,
            Op::Linear(_) => Window {
                kernel: [self.input().height, self.input().width],
                ..Window::square(1, 1)
            },
            _ => Window::square(1, 1),
        }
    }

    /// The interval that the result is clamped to at last; all numbers, where it is not.
    pub fn clamp(&self) -> [f32; 2] {
        let post = match &self.op {
            Op::Activation(activation) => activation.expression().then(&self.post),
            _ => self.post.clone(),
        };
        clamp_of(&post).unwrap_or([f32::NEG_INFINITY, f32::INFINITY])
    }

    /// Floating-point operations of the whole batch.
    pub fn flops(&self) -> u64 {
        self.cost().flops
    }

    /// What the operation takes for the whole batch.
    pub fn cost(&self) -> Cost {
        let reads = self.reads.iter().map(|read| read.as_ref());
        let reads: Vec<Option<(bool, &Type)>> = reads
            .map(|read| read.map(|(constant, ty)| (*constant, ty)))
            .collect();
        let operands = self.operands.iter().map(|(constant, ty)| (*constant, ty));
        let results: Vec<&Type> = self.results.iter().collect();
        let operands: Vec<(bool, &Type)> = operands.collect();
        Cost::of(&self.op, &self.post, &reads, &operands, &results).of_batch(self.batch)
    }

    /// The same operation, for a range of its output channels only; none where they cannot be told apart.
    pub(crate) fn part(&self, channels: Range<usize>) -> Option<Self> {
        let count = channels.len();
        let narrowed = |ty: &Type, axis: usize| {
            let mut extents = ty.dims().to_vec();
            *extents.get_mut(axis)? = count;
            match ty.is_per_image() {
                true => Type::per_image(ty.element(), &extents[1..]).ok(),
                false => Type::shared(ty.element(), &extents).ok(),
            }
        };
        let mut part = self.clone();
        for read in part.reads.iter_mut().skip(1).flatten() {
            read.1 = narrowed(&read.1, 0)?;
        }
        for operand in &mut part.operands {
            operand.1 = narrowed(&operand.1, 1)?;
        }
        for result in &mut part.results {
            *result = narrowed(result, 1)?;
        }
        for shape in part.inputs.iter_mut().skip(1).chain(&mut part.outputs) {
            shape.channels = count;
        }
        Some(part)
    }

    /// The same operation without what is computed behind it.
    pub(crate) fn alone(mut self) -> Self {
        self.post = Pointwise::identity();
        let behind = self
            .operands
            .iter()
            .filter(|(constant, _)| !constant)
            .count();
        self.inputs.truncate(self.inputs.len() - behind);
        self.operands.clear();
        self
    }

    /// What the operation is called in a tuning.
    pub fn layer(&self) -> Layer<'_> {
        Layer(self)
    }

    fn types(&self) -> Vec<Option<&Type>> {
        let reads = self.reads.iter();
        reads.map(|read| read.as_ref().map(|(_, ty)| ty)).collect()
    }
}

/// The constants that kernels of node `id` have packed.
fn parameters(graph: &Graph, id: NodeId) -> Vec<Option<Arc<Constant>>> {
    let node = graph.node(id);
    let constant = |index: usize| {
        let input = node.inputs().get(index).copied().flatten()?;
        graph.constant(input)
    };
    match node.op() {
        Op::Conv2d(_) | Op::ConvTranspose2d(_) | Op::Linear(_) => vec![constant(1), constant(2)],
        Op::BatchNorm(norm) => {
            let scale = constant(4).map(|variance| scale(node.name(), norm, variance, constant(1)));
            vec![constant(3), scale, constant(2)]
        }
        _ => Vec::new(),
    }
}

/// What a batch normalisation multiplies by.
fn scale(
    name: &str,
    norm: &BatchNorm,
    variance: Arc<Constant>,
    gamma: Option<Arc<Constant>>,
) -> Arc<Constant> {
    let dims: Dims = *variance.dims();
    let expression = norm.scale(gamma.is_some());
    let inputs: Vec<Option<Arc<Constant>>> = [Some(variance), gamma]
        .into_iter()
        .filter(Option::is_some)
        .collect();
    Arc::new(Constant::Computed {
        name: format!("{name}.scale"),
        op: Op::Pointwise(expression),
        inputs,
        dims,
    })
}

/// The operation as listings show it.
impl fmt::Display for Site<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&describe(&self.op, &self.post, &self.types()))
    }
}

impl fmt::Display for Layer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Site { batch, device, .. } = self.0;
        let (input, storage) = (self.0.input(), device.storage);
        // Biases are added, and values clamped, by all kernels alike.
        let mut types = self.0.types();
        if matches!(
            self.0.op,
            Op::Conv2d(_) | Op::ConvTranspose2d(_) | Op::Linear(_)
        ) {
            types.truncate(2);
        }
        let op = describe(&self.0.op, &Pointwise::identity(), &types);
        write!(f, "{op} of {input}, batch {batch}, {storage}")
    }
}

/// The interval that `expression` clamps its operand to, where it does nothing else; infinity is no bound.
pub(crate) fn clamp_of(expression: &Pointwise) -> Option<[f32; 2]> {
    let Epilogue { low, high, .. } = expression.as_epilogue()?;
    Some([low as f32, high as f32])
}
