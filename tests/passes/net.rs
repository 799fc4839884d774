//! Small graphs, written as short as they are drawn.

use menagerie::graph::{Activation, AdaptiveAveragePool, Add, AveragePool, BatchNorm, BatchNormParameters, Concat, Conv2d, Derivation, Dropout, Flatten, GlobalAveragePool, Graph, Linear, MaxPool, NodeId, Op, Pad, Padding, Parameter, ParameterId, Window};
use menagerie::tensor::Shape;
use menagerie::passes::{PassSet, optimize_with_report};

/// A graph under construction; the node added last is the answer.
pub struct Net {
    pub graph: Graph,
}

impl Net {
    pub fn new(channels: usize, height: usize, width: usize) -> Self {
        Self {
            graph: Graph::new("net", Shape::new(channels, height, width)),
        }
    }

    pub fn input(&self) -> NodeId {
        self.graph.input()
    }

    pub fn add_op(&mut self, name: &str, op: Op, inputs: &[NodeId]) -> NodeId {
        self.graph.add_node(name, op, inputs.to_vec()).unwrap()
    }

    /// A convolution that keeps height and width.
    pub fn conv(&mut self, name: &str, x: NodeId, out_channels: usize, kernel: usize) -> NodeId {
        self.conv_with(name, &[x], out_channels, kernel, |conv| {
            conv.window.padding = Padding::all(kernel / 2);
        })
    }

    /// A convolution with a bias that `edit` may change; `inputs` may hold a residual.
    pub fn conv_with(
        &mut self,
        name: &str,
        inputs: &[NodeId],
        out_channels: usize,
        kernel: usize,
        edit: impl FnOnce(&mut Conv2d),
    ) -> NodeId {
        let bias = self.parameter(&format!("{name}.bias"), &[out_channels]);
        let mut conv = Conv2d {
            window: Window::square(kernel, 1),
            in_channels: self.graph.node(inputs[0]).shape.channels,
            out_channels,
            groups: 1,
            // Until `edit` has settled its shape.
            weight: bias,
            bias: Some(bias),
            activation: Activation::Identity,
        };
        edit(&mut conv);
        conv.weight = self.parameter(&format!("{name}.weight"), &conv.weight_shape());
        self.add_op(name, Op::Conv2d(conv), inputs)
    }

    pub fn norm(&mut self, name: &str, x: NodeId) -> NodeId {
        let channels = self.graph.node(x).shape.channels;
        let mut parameter = |part| self.parameter(&format!("{name}.{part}"), &[channels]);
        let parameters = BatchNormParameters {
            gamma: parameter("weight"),
            beta: parameter("bias"),
            mean: parameter("running_mean"),
            variance: parameter("running_var"),
            epsilon: 1e-5,
        };
        let op = BatchNorm {
            channels,
            parameters,
            activation: Activation::Identity,
        };
        self.add_op(name, Op::BatchNorm(op), &[x])
    }

    pub fn relu(&mut self, name: &str, x: NodeId) -> NodeId {
        self.add_op(name, Op::Activation(Activation::Relu), &[x])
    }

    pub fn add(&mut self, name: &str, a: NodeId, b: NodeId) -> NodeId {
        self.add_op(name, Op::Add(Add::default()), &[a, b])
    }

    pub fn scaled_add(&mut self, name: &str, a: NodeId, b: NodeId, scale: f64) -> NodeId {
        let op = Add {
            scale,
            ..Add::default()
        };
        self.add_op(name, Op::Add(op), &[a, b])
    }

    pub fn linear(&mut self, name: &str, x: NodeId, out_features: usize) -> NodeId {
        let in_features = self.graph.node(x).shape.channels;
        let op = Linear {
            in_features,
            out_features,
            weight: self.parameter(&format!("{name}.weight"), &[out_features, in_features]),
            bias: Some(self.parameter(&format!("{name}.bias"), &[out_features])),
            activation: Activation::Identity,
        };
        self.add_op(name, Op::Linear(op), &[x])
    }

    pub fn pad(&mut self, name: &str, x: NodeId, padding: Padding) -> NodeId {
        self.add_op(name, Op::Pad(Pad { padding }), &[x])
    }

    pub fn max_pool(&mut self, name: &str, x: NodeId, window: Window) -> NodeId {
        self.add_op(name, Op::MaxPool(MaxPool { window }), &[x])
    }

    pub fn average_pool(
        &mut self,
        name: &str,
        x: NodeId,
        window: Window,
        count_padding: bool,
    ) -> NodeId {
        let op = AveragePool {
            window,
            count_padding,
        };
        self.add_op(name, Op::AveragePool(op), &[x])
    }

    pub fn adaptive_pool(&mut self, name: &str, x: NodeId, size: [usize; 2]) -> NodeId {
        let [height, width] = size;
        let op = AdaptiveAveragePool { height, width };
        self.add_op(name, Op::AdaptiveAveragePool(op), &[x])
    }

    pub fn global_pool(&mut self, name: &str, x: NodeId) -> NodeId {
        self.add_op(name, Op::GlobalAveragePool(GlobalAveragePool), &[x])
    }

    pub fn concat(&mut self, name: &str, inputs: &[NodeId]) -> NodeId {
        self.add_op(name, Op::Concat(Concat::default()), inputs)
    }

    pub fn flatten(&mut self, name: &str, x: NodeId) -> NodeId {
        self.add_op(name, Op::Flatten(Flatten), &[x])
    }

    pub fn dropout(&mut self, name: &str, x: NodeId) -> NodeId {
        self.add_op(name, Op::Dropout(Dropout), &[x])
    }

    pub fn parameter(&mut self, name: &str, shape: &[usize]) -> ParameterId {
        self.graph.add_parameter(Parameter {
            name: name.into(),
            shape: shape.to_vec(),
            trainable: !name.contains("running"),
            derivation: Derivation::Stored,
        })
    }

    /// What the pass called `name` makes of the graph.
    pub fn after(&self, name: &str) -> Outcome {
        let set = PassSet::only(name).unwrap();
        let (graph, report) = optimize_with_report(&self.graph, &set, None).unwrap();
        let refusals = report.refusals.iter();
        Outcome {
            refusals: refusals
                .map(|refusal| format!("{}: {}", refusal.node, refusal.reason))
                .collect(),
            text: graph.to_string(),
            before: self.graph.to_string(),
            graph,
        }
    }
}

/// A graph after a pass.
pub struct Outcome {
    pub graph: Graph,
    text: String,
    before: String,
    refusals: Vec<String>,
}

impl Outcome {
    /// The pass made exactly this; indentation does not count.
    #[track_caller]
    pub fn becomes(&self, expected: &str) {
        let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
        let found: Vec<&str> = self.text.lines().collect();
        assert_eq!(found, expected, "\nfound:\n{}", self.text);
        assert_eq!(self.refusals, [""; 0]);
    }

    /// The pass left everything as it was, for exactly these reasons.
    #[track_caller]
    pub fn is_refused(&self, reasons: &[&str]) {
        assert_eq!(self.text, self.before);
        assert_eq!(self.refusals, reasons);
    }

    /// The pass saw nothing that it is about.
    #[track_caller]
    pub fn is_untouched(&self) {
        self.is_refused(&[]);
    }
}
