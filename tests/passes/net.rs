//! Small graphs, written as short as they are drawn.

use menagerie::graph::{
    Activation, AdaptiveAveragePool, Add, AveragePool, BatchNorm, Concat, Conv2d, Dropout, Flatten,
    GlobalAveragePool, Graph, Linear, MaxPool, Number, Op, Pad, Padding, Reduce, Reduction,
    Reshape, Transpose, ValueId, Window,
};
use menagerie::passes::{PassSet, optimize_with_report};
use menagerie::tensor::{Dims, Element, Shape, Type};

/// A graph under construction; the value added last is the answer, unless [`Net::answer`] says otherwise.
pub struct Net {
    graph: Graph,
    /// The input, and what was computed of it.
    values: Vec<ValueId>,
}

/// The filters of a convolution.
pub struct Filters {
    pub window: Window,
    pub groups: usize,
    pub bias: bool,
}

impl Net {
    pub fn new(channels: usize, height: usize, width: usize) -> Self {
        Self::of_input(Type::image(Shape::new(channels, height, width)).unwrap())
    }

    /// A net that reads feature vectors.
    pub fn of_vectors(features: usize) -> Self {
        Self::of_input(Type::vector(features).unwrap())
    }

    fn of_input(ty: Type) -> Self {
        let mut graph = Graph::new("net");
        let input = graph.add_input("input", ty).unwrap();
        Self {
            graph,
            values: vec![input],
        }
    }

    pub fn input(&self) -> ValueId {
        self.values[0]
    }

    /// The input, and what was computed of it, in order.
    pub fn values(&self) -> &[ValueId] {
        &self.values
    }

    /// Whether `x` is a feature vector, and no image, not even one of a single pixel.
    pub fn is_vector(&self, x: ValueId) -> bool {
        self.graph.ty(x).dims().rank() == 2
    }

    pub fn shape(&self, x: ValueId) -> Shape {
        self.graph.shape(x).unwrap()
    }

    /// Lets `x` be an output, behind those that there are.
    pub fn output(&mut self, x: ValueId) {
        let name = format!("output{}", self.graph.outputs().len());
        self.graph.add_output(name, x).unwrap();
    }

    /// The graph as it is now.
    pub fn graph(&self) -> Graph {
        let mut graph = self.graph.clone();
        if graph.outputs().is_empty() {
            let last = self.values.last().unwrap();
            graph.add_output("output", *last).unwrap();
        }
        graph
    }

    pub fn add_op(&mut self, name: &str, op: Op, inputs: &[ValueId]) -> ValueId {
        self.add_with(name, op, inputs.iter().copied().map(Some).collect())
    }

    /// As [`Net::add_op`], where inputs may be left out.
    pub fn add_with(&mut self, name: &str, op: Op, inputs: Vec<Option<ValueId>>) -> ValueId {
        let results = self.graph.add(name, op, inputs).unwrap();
        self.values.extend(&results);
        results[0]
    }

    /// A convolution that keeps height and width.
    pub fn conv(&mut self, name: &str, x: ValueId, out_channels: usize, kernel: usize) -> ValueId {
        self.conv_with(name, x, out_channels, kernel, |filters| {
            filters.window.padding = Padding::all(kernel / 2);
        })
    }

    /// A convolution with a bias that `edit` may change.
    pub fn conv_with(
        &mut self,
        name: &str,
        x: ValueId,
        out_channels: usize,
        kernel: usize,
        edit: impl FnOnce(&mut Filters),
    ) -> ValueId {
        let mut filters = Filters {
            window: Window::square(kernel, 1),
            groups: 1,
            bias: true,
        };
        edit(&mut filters);
        let op = Conv2d {
            window: filters.window,
            groups: filters.groups,
        };
        let weight = op.weight_dims(self.shape(x).channels, out_channels);
        let weight = self.parameter(&format!("{name}.weight"), &weight);
        let bias = filters
            .bias
            .then(|| self.parameter(&format!("{name}.bias"), &[out_channels]));
        self.add_with(name, Op::Conv2d(op), vec![Some(x), Some(weight), bias])
    }

    pub fn norm(&mut self, name: &str, x: ValueId) -> ValueId {
        let channels = self.shape(x).channels;
        let mut inputs = vec![x];
        for part in ["weight", "bias", "running_mean", "running_var"] {
            inputs.push(self.parameter(&format!("{name}.{part}"), &[channels]));
        }
        let op = BatchNorm {
            epsilon: Number(1e-5),
        };
        self.add_op(name, Op::BatchNorm(op), &inputs)
    }

    pub fn activation(&mut self, name: &str, x: ValueId, function: Activation) -> ValueId {
        self.add_op(name, Op::Activation(function), &[x])
    }

    pub fn relu(&mut self, name: &str, x: ValueId) -> ValueId {
        self.activation(name, x, Activation::Relu)
    }

    pub fn add(&mut self, name: &str, a: ValueId, b: ValueId) -> ValueId {
        self.add_op(name, Op::Add(Add::default()), &[a, b])
    }

    pub fn scaled_add(&mut self, name: &str, a: ValueId, b: ValueId, scale: f64) -> ValueId {
        let op = Add {
            scale: Number(scale),
        };
        self.add_op(name, Op::Add(op), &[a, b])
    }

    pub fn linear(&mut self, name: &str, x: ValueId, out_features: usize) -> ValueId {
        let in_features = self.shape(x).channels;
        let weight = self.parameter(&format!("{name}.weight"), &[out_features, in_features]);
        let bias = self.parameter(&format!("{name}.bias"), &[out_features]);
        self.add_op(name, Op::Linear(Linear::default()), &[x, weight, bias])
    }

    pub fn pad(&mut self, name: &str, x: ValueId, padding: Padding) -> ValueId {
        self.add_op(name, Op::Pad(Pad::zeros(padding)), &[x])
    }

    pub fn max_pool(&mut self, name: &str, x: ValueId, window: Window) -> ValueId {
        self.add_op(name, Op::MaxPool(MaxPool { window }), &[x])
    }

    pub fn average_pool(
        &mut self,
        name: &str,
        x: ValueId,
        window: Window,
        count_padding: bool,
    ) -> ValueId {
        let op = AveragePool {
            window,
            count_padding,
        };
        self.add_op(name, Op::AveragePool(op), &[x])
    }

    pub fn adaptive_pool(&mut self, name: &str, x: ValueId, size: [usize; 2]) -> ValueId {
        let [height, width] = size;
        let op = AdaptiveAveragePool { height, width };
        self.add_op(name, Op::AdaptiveAveragePool(op), &[x])
    }

    pub fn global_pool(&mut self, name: &str, x: ValueId) -> ValueId {
        self.add_op(name, Op::GlobalAveragePool(GlobalAveragePool), &[x])
    }

    /// The axes of `x` in another order.
    pub fn transpose(&mut self, name: &str, x: ValueId, axes: [usize; 3]) -> ValueId {
        let axes = axes.to_vec();
        self.add_op(name, Op::Transpose(Transpose { axes }), &[x])
    }

    pub fn reshape(&mut self, name: &str, x: ValueId, extents: &[usize]) -> ValueId {
        let dims = Dims::new(extents).unwrap();
        self.add_op(name, Op::Reshape(Reshape { dims }), &[x])
    }

    /// The mean along `axis`, which is kept.
    pub fn mean(&mut self, name: &str, x: ValueId, axis: usize) -> ValueId {
        let op = Reduce {
            reduction: Reduction::Mean,
            axes: vec![axis],
        };
        self.add_op(name, Op::Reduce(op), &[x])
    }

    pub fn concat(&mut self, name: &str, inputs: &[ValueId]) -> ValueId {
        self.add_op(name, Op::Concat(Concat), inputs)
    }

    pub fn flatten(&mut self, name: &str, x: ValueId) -> ValueId {
        self.add_op(name, Op::Flatten(Flatten), &[x])
    }

    pub fn dropout(&mut self, name: &str, x: ValueId) -> ValueId {
        self.add_op(name, Op::Dropout(Dropout), &[x])
    }

    pub fn parameter(&mut self, name: &str, extents: &[usize]) -> ValueId {
        let ty = Type::shared(Element::F32, extents).unwrap();
        let trainable = !name.contains("running");
        self.graph.add_stored(name, ty, trainable).unwrap()
    }

    /// What the pass called `name` makes of the graph.
    pub fn after(&self, name: &str) -> Outcome {
        Outcome::of(&self.graph(), name)
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
    fn of(before: &Graph, pass: &str) -> Self {
        let set = PassSet::only(pass).unwrap();
        let (graph, report) = optimize_with_report(before, &set, None).unwrap();
        let refusals = report.refusals.iter();
        Self {
            refusals: refusals
                .map(|refusal| format!("{}: {}", refusal.node, refusal.reason))
                .collect(),
            text: graph.to_string(),
            before: before.to_string(),
            graph,
        }
    }

    /// What the pass called `name` makes of this.
    pub fn after(&self, name: &str) -> Self {
        Self::of(&self.graph, name)
    }

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
