//! Where kernels see a node of a graph: what is computed, of which shapes, on what device. Kernels know a graph by
//! nothing else.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::fusion::Fusion;
use crate::device::DeviceProfile;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    BatchNorm, Constant, Cost, Epilogue, Graph, Node, NodeId, Op, Pointwise, ValueId, Window,
    describe,
};
use crate::tensor::{Dims, Repetition, Shape, Type};

/// An operation at its place in a graph, for a number of images on a device.
#[derive(Clone, Debug)]
pub struct Site<'a> {
    pub(super) op: Op,
    pub(super) pre: Pointwise,
    pub(super) post: Pointwise,
    /// What the operation reads, parameters included.
    pub(super) reads: Vec<Option<Read>>,
    /// What is read in front of the operation: constants.
    pub(super) pre_operands: Vec<Read>,
    /// What is read behind the operation.
    pub(super) operands: Vec<Read>,
    pub(super) results: Vec<Type>,
    /// Shapes of what is not constant of all that is read.
    pub(super) inputs: Vec<Shape>,
    outputs: Vec<Shape>,
    parameters: Vec<Option<Arc<Constant>>>,
    batch: usize,
    /// Of the whole batch.
    cost: Cost,
    device: &'a DeviceProfile,
}

/// A value that is read.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) value: ValueId,
    pub(super) ty: Type,
    /// What it is, where no input of the network reaches it.
    pub(super) constant: Option<Arc<Constant>>,
    /// Its place among the inputs, where one does.
    pub(super) input: usize,
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
        let reads: Vec<Option<Read>> = node
            .inputs()
            .iter()
            .map(|input| input.map(&mut read))
            .collect();
        let parameters = parameters(node, &reads);
        Ok(Self {
            op: node.op().clone(),
            pre: node.pre().clone(),
            post: node.post().clone(),
            reads,
            pre_operands: node.pre_operands().iter().copied().map(&mut read).collect(),
            operands: node.operands().iter().copied().map(&mut read).collect(),
            results: results.clone().map(|&result| *graph.ty(result)).collect(),
            inputs: computed.map(shape).collect::<Result<_>>()?,
            outputs: results
                .map(|&result| shape(result))
                .collect::<Result<_>>()?,
            parameters,
            batch,
            cost: graph.cost(id).of_batch(batch),
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

    /// What stands against a kernel of this kind, whatever else it is: a parameter that is computed in each run, or a
    /// constant where something computed is needed.
    pub(super) fn obstacle(&self, fusion: Fusion) -> Option<String> {
        let first_parameter = match self.op {
            Op::Conv2d(_) | Op::ConvTranspose2d(_) | Op::Linear(_) | Op::BatchNorm(_) => 1,
            _ => self.reads.len(),
        };
        let reads = self.reads.iter().enumerate();
        let mut wrong = reads.filter_map(|(index, read)| {
            let read = read.as_ref()?;
            let is_parameter = index >= first_parameter;
            (read.constant.is_some() != is_parameter).then_some(read)
        });
        let read = wrong.find(|read| fusion != Fusion::Whole || read.constant.is_none())?;
        let ty = read.ty;
        Some(match read.constant {
            Some(_) => {
                format!("needs inputs that are computed in each run, found the constant {ty}")
            }
            None => format!("needs parameters that are constant, found {ty}, computed in each run"),
        })
    }

    /// Whether a second tensor is added to the result before it is clamped.
    pub fn has_residual(&self) -> bool {
        let epilogue = self.post.as_epilogue();
        let is_tensor = |read: &Read| {
            read.constant.is_none()
                && read.ty.repetition_in(&self.results[0]) == Some(Repetition::None)
        };
        epilogue.is_some_and(|epilogue| epilogue.residual)
            && self.operands.first().is_some_and(is_tensor)
    }

    /// What is computed in front of the operation.
    pub fn pre(&self) -> &Pointwise {
        &self.pre
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
    pub fn groups(&self) -> usize {
        match &self.op {
            Op::Conv2d(op) => op.groups,
            Op::ConvTranspose2d(op) => op.groups,
            _ => 1,
        }
    }

    /// Whether a convolution filters each channel by itself.
    pub fn is_depthwise(&self) -> bool {
        let groups = self.groups();
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

    /// What the operation takes for the whole batch.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// The same, its cost counted anew: something else is read or made.
    fn recounted(mut self) -> Self {
        let typed = |read: &'_ Read| (read.constant.is_some(), read.ty);
        let reads: Vec<Option<(bool, Type)>> = self
            .reads
            .iter()
            .map(|read| read.as_ref().map(typed))
            .collect();
        let further = self.pre_operands.iter().chain(&self.operands);
        let further: Vec<(bool, Type)> = further.map(typed).collect();
        let reads: Vec<Option<(bool, &Type)>> = reads
            .iter()
            .map(|read| read.as_ref().map(|(constant, ty)| (*constant, ty)))
            .collect();
        let further: Vec<(bool, &Type)> = further
            .iter()
            .map(|(constant, ty)| (*constant, ty))
            .collect();
        let results: Vec<&Type> = self.results.iter().collect();
        let around = [&self.pre, &self.post];
        self.cost = Cost::of(&self.op, around, &reads, &further, &results).of_batch(self.batch);
        self
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
            read.ty = narrowed(&read.ty, 0)?;
        }
        for operand in &mut part.operands {
            // Of constants, the values of these channels are packed.
            if operand.constant.is_none() {
                operand.ty = narrowed(&operand.ty, 1)?;
            }
        }
        for result in &mut part.results {
            *result = narrowed(result, 1)?;
        }
        for shape in part.inputs.iter_mut().skip(1).chain(&mut part.outputs) {
            shape.channels = count;
        }
        Some(part.recounted())
    }

    /// The same operation without what is computed in front of it and behind it.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn alone(mut self) -> Self {
        self.pre = Pointwise::identity();
        self.pre_operands.clear();
        self.post = Pointwise::identity();
        let behind = self
            .operands
            .iter()
            .filter(|read| read.constant.is_none())
            .count();
        self.inputs.truncate(self.inputs.len() - behind);
        self.operands.clear();
        self.recounted()
    }

    /// What the operation is called in a tuning.
    pub fn layer(&self) -> Layer<'_> {
        Layer(self)
    }

    fn types(&self) -> Vec<Option<&Type>> {
        let reads = self.reads.iter();
        reads
            .map(|read| read.as_ref().map(|read| &read.ty))
            .collect()
    }
}

/// The constants that kernels of `node`, which has these inputs, have packed.
fn parameters(node: &Node, reads: &[Option<Read>]) -> Vec<Option<Arc<Constant>>> {
    let constant = |index: usize| reads.get(index)?.as_ref()?.constant.clone();
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
        name: format!("{name}.scale").into(),
        op: Op::Pointwise(expression),
        inputs,
        dims,
    })
}

/// The operation as listings show it.
impl fmt::Display for Site<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&describe(&self.op, [&self.pre, &self.post], &self.types()))
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
        let nothing = Pointwise::identity();
        let op = describe(&self.0.op, [&nothing, &nothing], &types);
        write!(f, "{op} of {input}, batch {batch}, {storage}")
    }
}

/// The interval that `expression` clamps its operand to, where it does nothing else; infinity is no bound.
pub(crate) fn clamp_of(expression: &Pointwise) -> Option<[f32; 2]> {
    let Epilogue { low, high, .. } = expression.as_epilogue()?;
    Some([low as f32, high as f32])
}
