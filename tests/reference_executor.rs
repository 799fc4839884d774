//! The reference executor as a whole: batches, order, folded graphs, and what it refuses.

use menagerie::graph::{Activation, Add, BatchNorm, BatchNormParameters, Conv2d, Derivation, Graph, NodeId, Op, Pad, Padding, Parameter, ParameterId, Window};
use menagerie::tensor::Shape;
use menagerie::reference::Reference;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{ErrorKind, Tensor, zoo};

const INPUT: Shape = Shape::new(3, 9, 7);
const CHANNELS: usize = 5;

fn stored(graph: &mut Graph, name: &str, shape: &[usize]) -> ParameterId {
    graph.add_parameter(Parameter {
        name: name.into(),
        shape: shape.to_vec(),
        trainable: !name.contains("running"),
        derivation: Derivation::Stored,
    })
}

fn derived(graph: &mut Graph, shape: &[usize], derivation: Derivation) -> ParameterId {
    graph.add_parameter(Parameter {
        name: "derived".into(),
        shape: shape.to_vec(),
        trainable: true,
        derivation,
    })
}

/// Parameters of a convolution with bias and of two batch normalisations after it.
struct Chain {
    graph: Graph,
    conv: Conv2d,
    norms: [BatchNormParameters; 2],
}

impl Chain {
    fn new() -> Self {
        let mut graph = Graph::new("chain", INPUT);
        let conv = Conv2d {
            window: Window {
                padding: Padding::all(1),
                ..Window::square(3, 2)
            },
            in_channels: INPUT.channels,
            out_channels: CHANNELS,
            groups: 1,
            weight: stored(&mut graph, "conv.weight", &[CHANNELS, INPUT.channels, 3, 3]),
            bias: Some(stored(&mut graph, "conv.bias", &[CHANNELS])),
            activation: Activation::Identity,
        };
        let norms = ["bn1", "bn2"].map(|name| BatchNormParameters {
            gamma: stored(&mut graph, &format!("{name}.weight"), &[CHANNELS]),
            beta: stored(&mut graph, &format!("{name}.bias"), &[CHANNELS]),
            mean: stored(&mut graph, &format!("{name}.running_mean"), &[CHANNELS]),
            variance: stored(&mut graph, &format!("{name}.running_var"), &[CHANNELS]),
            epsilon: 1e-3,
        });
        Self { graph, conv, norms }
    }

    fn add(&mut self, op: Op, from: NodeId) -> NodeId {
        let name = format!("node{}", self.graph.nodes().len());
        self.graph.add_node(name, op, vec![from]).unwrap()
    }

    /// Layer by layer.
    fn plain(mut self) -> Graph {
        let mut x = self.add(Op::Conv2d(self.conv), self.graph.input());
        for parameters in self.norms {
            let op = BatchNorm {
                channels: CHANNELS,
                parameters,
                activation: Activation::Identity,
            };
            x = self.add(Op::BatchNorm(op), x);
        }
        self.add(Op::Activation(Activation::Relu), x);
        self.graph
    }

    /// All in one convolution, both normalisations folded one after the other.
    fn folded(mut self) -> Graph {
        for norm in self.norms {
            let weight = Derivation::FoldedWeight {
                weight: self.conv.weight,
                norm,
            };
            let bias = Derivation::FoldedBias {
                bias: self.conv.bias,
                norm,
            };
            let shape = self.conv.weight_shape();
            self.conv.weight = derived(&mut self.graph, &shape, weight);
            self.conv.bias = Some(derived(&mut self.graph, &[CHANNELS], bias));
        }
        let shape = self.conv.weight_shape();
        let reshaped = Derivation::Reshaped(self.conv.weight);
        self.conv.weight = derived(&mut self.graph, &shape, reshaped);
        self.conv.activation = Activation::Relu;
        self.add(Op::Conv2d(self.conv), self.graph.input());
        self.graph
    }
}

#[test]
fn folded_layers_give_the_same_answer() {
    let weights = Weights::synthetic(5);
    let input = synthetic_input(5, 2, INPUT);
    let run = |graph| {
        Reference::new(graph, &weights)
            .unwrap()
            .run(&input)
            .unwrap()
    };
    let (plain, folded) = (run(Chain::new().plain()), run(Chain::new().folded()));
    assert_eq!(plain.shape(), folded.shape());
    assert!(plain.data().iter().any(|&value| value > 0.5));
    for (plain, folded) in plain.data().iter().zip(folded.data()) {
        assert!((plain - folded).abs() < 2e-6, "{plain} {folded}");
    }
}

#[test]
fn a_batch_is_its_images() {
    let graph = zoo::find("lenet5").unwrap().graph().unwrap();
    let shape = graph.input_shape();
    let network = Reference::new(graph, &Weights::synthetic(0)).unwrap();
    let batch = synthetic_input(0, 3, shape);
    let answers = network.run(&batch).unwrap();
    assert_eq!(answers.batch(), 3);
    for index in 0..3 {
        let image = Tensor::new(1, shape, batch.image(index).to_vec()).unwrap();
        assert_eq!(network.run(&image).unwrap().data(), answers.image(index));
    }
}

/// The answer may be the input, be read again later, or lie before nodes that nobody asked for.
#[test]
fn any_node_can_be_the_answer() {
    let mut graph = Graph::new("sums", Shape::vector(1));
    let mut ids = vec![graph.input()];
    for index in 0..3 {
        let last = ids[index];
        let name = format!("double{index}");
        let op = Op::Add(Add::default());
        ids.push(graph.add_node(name, op, vec![last, last]).unwrap());
    }
    let input = Tensor::new(1, Shape::vector(1), vec![1.5]).unwrap();
    for (index, &id) in ids.iter().enumerate() {
        graph.set_output(id);
        let network = Reference::new(graph.clone(), &Weights::synthetic(0)).unwrap();
        let answer = network.run(&input).unwrap();
        assert_eq!(answer.data(), [1.5 * (1 << index) as f32]);
    }
}

#[test]
fn refuses_images_of_another_shape() {
    let graph = zoo::find("lenet5").unwrap().graph().unwrap();
    let network = Reference::new(graph, &Weights::synthetic(0)).unwrap();
    let error = network.run(&Tensor::zeros(1, INPUT)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert_eq!(
        error.to_string(),
        "lenet5: expected images of 1x28x28, found 3x9x7"
    );
}

/// A few numbers can ask for more memory than any machine has.
#[test]
fn results_without_end_are_refused() {
    let mut graph = Graph::new("vast", Shape::new(1, 1, 1));
    let input = graph.input();
    let pad = Op::Pad(Pad {
        padding: Padding {
            bottom: (1 << 16) - 1,
            right: (1 << 15) - 1,
            ..Padding::default()
        },
    });
    graph.add_node("pad", pad, vec![input]).unwrap();
    let network = Reference::new(graph, &Weights::synthetic(0)).unwrap();
    let error = network
        .run(&Tensor::zeros(1, Shape::new(1, 1, 1)))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(
        error.to_string(),
        "pad: a tensor of 8589934592 bytes does not fit: the reference executor allows 4294967296 bytes; \
         try a smaller batch or size"
    );
}
