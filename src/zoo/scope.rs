//! How networks are written: a [`Scope`] grows dotted layer names, declares parameters under the
//! reference's names and infers shapes as it goes.

mod maps;

use std::cell::RefCell;
use std::ops::RangeInclusive;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    Activation, AdaptiveAveragePool, Add, AveragePool, BatchNorm, BatchNormParameters, Concat,
    Conv2d, Derivation, Dropout, Flatten, GlobalAveragePool, Graph, Linear, MaxPool, NodeId, Op,
    Pad, Padding, Parameter, ParameterId, Shape, Window,
};

/// A place in a network under construction: `layer1.0`, say.
pub struct Scope<'a> {
    graph: &'a RefCell<Graph>,
    path: String,
}

/// A convolution as networks describe it: what goes in is inferred.
#[derive(Clone, Copy)]
pub struct Conv {
    out_channels: usize,
    window: Window,
    same: bool,
    groups: usize,
    bias: bool,
}

impl Conv {
    /// `out_channels` filters of `kernel` by `kernel` taps: stride 1, no border, no bias.
    pub fn new(out_channels: usize, kernel: usize) -> Self {
        Self::rectangle(out_channels, [kernel; 2])
    }

    /// As [`Conv::new`], `kernel` given as height and width.
    pub fn rectangle(out_channels: usize, kernel: [usize; 2]) -> Self {
        Self {
            out_channels,
            window: Window {
                kernel,
                ..Window::square(1, 1)
            },
            same: false,
            groups: 1,
            bias: false,
        }
    }

    /// Moves by `stride` pixels.
    pub fn stride(mut self, stride: usize) -> Self {
        self.window.stride = [stride; 2];
        self
    }

    /// A border of `pixels` zeros on all sides.
    pub fn padding(mut self, pixels: usize) -> Self {
        self.window.padding = Padding::all(pixels);
        self
    }

    /// A border of half the kernel, with which a stride of 1 keeps height and width.
    pub fn centred(mut self) -> Self {
        self.window.padding = Padding::centred(self.window.kernel);
        self
    }

    /// The border that TensorFlow calls SAME.
    pub fn same_padding(mut self) -> Self {
        self.same = true;
        self
    }

    /// Splits the channels into `groups` blocks.
    pub fn groups(mut self, groups: usize) -> Self {
        self.groups = groups;
        self
    }

    /// Adds a bias.
    pub fn bias(mut self) -> Self {
        self.bias = true;
        self
    }
}

/// Builds the network `name` for images of `input`: `body` gets the root scope and the input, and
/// returns the answer.
pub fn network(
    name: &str,
    input: Shape,
    body: impl FnOnce(&Scope<'_>, NodeId) -> Result<NodeId>,
) -> Result<Graph> {
    let graph = RefCell::new(Graph::new(name, input));
    let root = Scope {
        graph: &graph,
        path: String::new(),
    };
    let input = graph.borrow().input();
    let output = body(&root, input)?;
    let mut graph = graph.into_inner();
    graph.set_output(output);
    Ok(graph)
}

impl Scope<'_> {
    /// The scope `name` inside this one.
    pub fn at(&self, name: impl std::fmt::Display) -> Scope<'_> {
        Scope {
            graph: self.graph,
            path: self.join(name),
        }
    }

    /// Shape of an intermediate result.
    pub fn shape(&self, x: NodeId) -> Shape {
        self.graph.borrow().node(x).shape
    }

    /// The convolution `name` with parameters `name.weight` and `name.bias`.
    pub fn conv(&self, name: &str, x: NodeId, conv: Conv) -> Result<NodeId> {
        let input = self.shape(x);
        let mut op = Conv2d {
            window: conv.window,
            in_channels: input.channels,
            out_channels: conv.out_channels,
            groups: conv.groups,
            weight: ParameterId(0),
            bias: None,
            activation: Activation::Identity,
        };
        if conv.same {
            op.window.padding = op.window.same_padding(input);
        }
        let layer = self.at(name);
        op.weight = layer.parameter("weight", &op.weight_shape());
        if conv.bias {
            op.bias = Some(layer.parameter("bias", &[conv.out_channels]));
        }
        layer.node(Op::Conv2d(op), &[x])
    }

    /// The batch normalisation `name`.
    pub fn batch_norm(&self, name: &str, x: NodeId, epsilon: f64) -> Result<NodeId> {
        let layer = self.at(name);
        let channels = self.shape(x).channels;
        let parameters = BatchNormParameters {
            gamma: layer.parameter("weight", &[channels]),
            beta: layer.parameter("bias", &[channels]),
            mean: layer.statistic("running_mean", channels),
            variance: layer.statistic("running_var", channels),
            epsilon,
        };
        layer.node(
            Op::BatchNorm(BatchNorm {
                channels,
                parameters,
                activation: Activation::Identity,
            }),
            &[x],
        )
    }

    /// The fully connected layer `name`, with a bias.
    pub fn linear(&self, name: &str, x: NodeId, out_features: usize) -> Result<NodeId> {
        let layer = self.at(name);
        let in_features = self.shape(x).channels;
        let op = Linear {
            in_features,
            out_features,
            weight: layer.parameter("weight", &[out_features, in_features]),
            bias: Some(layer.parameter("bias", &[out_features])),
            activation: Activation::Identity,
        };
        layer.node(Op::Linear(op), &[x])
    }

    /// `max(x, 0)`
    pub fn relu(&self, name: &str, x: NodeId) -> Result<NodeId> {
        self.at(name).node(Op::Activation(Activation::Relu), &[x])
    }

    /// `min(max(x, 0), 6)`
    pub fn relu6(&self, name: &str, x: NodeId) -> Result<NodeId> {
        self.at(name).node(Op::Activation(Activation::Relu6), &[x])
    }

    /// The largest value in each window.
    pub fn max_pool(&self, name: &str, x: NodeId, window: Window) -> Result<NodeId> {
        self.at(name).node(Op::MaxPool(MaxPool { window }), &[x])
    }

    /// The mean of each window.
    pub fn average_pool(
        &self,
        name: &str,
        x: NodeId,
        window: Window,
        count_padding: bool,
    ) -> Result<NodeId> {
        let op = AveragePool {
            window,
            count_padding,
        };
        self.at(name).node(Op::AveragePool(op), &[x])
    }

    /// The mean of each cell of a `size` by `size` grid.
    pub fn adaptive_average_pool(&self, name: &str, x: NodeId, size: usize) -> Result<NodeId> {
        let op = AdaptiveAveragePool {
            height: size,
            width: size,
        };
        self.at(name).node(Op::AdaptiveAveragePool(op), &[x])
    }

    /// The mean of each channel.
    pub fn global_average_pool(&self, name: &str, x: NodeId) -> Result<NodeId> {
        self.at(name)
            .node(Op::GlobalAveragePool(GlobalAveragePool), &[x])
    }

    /// A border of zeros.
    pub fn pad(&self, name: &str, x: NodeId, padding: Padding) -> Result<NodeId> {
        self.at(name).node(Op::Pad(Pad { padding }), &[x])
    }

    /// `a + b`
    pub fn add(&self, name: &str, a: NodeId, b: NodeId) -> Result<NodeId> {
        self.at(name).node(Op::Add(Add::default()), &[a, b])
    }

    /// `a + scale * b`
    pub fn add_scaled(&self, name: &str, a: NodeId, b: NodeId, scale: f64) -> Result<NodeId> {
        let op = Add {
            scale,
            ..Add::default()
        };
        self.at(name).node(Op::Add(op), &[a, b])
    }

    /// The channels of `inputs` one behind the other.
    pub fn concat(&self, name: &str, inputs: &[NodeId]) -> Result<NodeId> {
        self.at(name).node(Op::Concat(Concat::default()), inputs)
    }

    /// Checks that `x` is what the linear layer `reader` reads, which only images of `sides` pixels leave:
    /// networks from before adaptive pooling take no other size.
    pub fn expect_features(
        &self,
        reader: &str,
        x: NodeId,
        expected: Shape,
        sides: RangeInclusive<usize>,
    ) -> Result<()> {
        let found = self.shape(x);
        if found == expected {
            return Ok(());
        }
        let input = self.shape(self.graph.borrow().input());
        let (least, most) = sides.into_inner();
        Err(Error::new(
            ErrorKind::Shape,
            format!(
                "{reader} reads {expected}, which images of {least} to {most} pixels a side leave; \
                 {input} leaves {found}"
            ),
        ))
    }

    /// All values as one vector.
    pub fn flatten(&self, name: &str, x: NodeId) -> Result<NodeId> {
        self.at(name).node(Op::Flatten(Flatten), &[x])
    }

    /// Nothing, outside training.
    pub fn dropout(&self, name: &str, x: NodeId) -> Result<NodeId> {
        self.at(name).node(Op::Dropout(Dropout), &[x])
    }

    fn join(&self, name: impl std::fmt::Display) -> String {
        match self.path.as_str() {
            "" => name.to_string(),
            path => format!("{path}.{name}"),
        }
    }

    fn node(&self, op: Op, inputs: &[NodeId]) -> Result<NodeId> {
        self.graph
            .borrow_mut()
            .add_node(self.path.clone(), op, inputs.to_vec())
    }

    fn parameter(&self, name: &str, shape: &[usize]) -> ParameterId {
        self.declare(name, shape, true)
    }

    fn statistic(&self, name: &str, channels: usize) -> ParameterId {
        self.declare(name, &[channels], false)
    }

    fn declare(&self, name: &str, shape: &[usize], trainable: bool) -> ParameterId {
        self.graph.borrow_mut().add_parameter(Parameter {
            name: self.join(name),
            shape: shape.to_vec(),
            trainable,
            derivation: Derivation::Stored,
        })
    }
}
