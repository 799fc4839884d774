//! What operations cost, worked out by hand, and what whole networks cost, against what others published.

use std::collections::BTreeSet;

use menagerie::graph::{
    Activation, AdaptiveAveragePool, Add, AveragePool, BatchNorm, BatchNormParameters, Concat,
    Conv2d, ConvTranspose2d, Cost, Crop, Derivation, Dropout, Flatten, GlobalAveragePool, Graph,
    Interpolation, Linear, LocalResponseNorm, MaxPool, NodeId, Op, Pad, Padding, Parameter,
    ParameterId, Resize, Shape, Softmax, Window,
};
use menagerie::kernels::KERNELS;
use menagerie::passes::{PassSet, optimize};
use menagerie::plan::{DeviceProfile, Plan};
use menagerie::zoo;

/// An operation on inputs of these shapes, and what it takes: operations, then values (of four bytes) of
/// inputs, result and parameters.
struct Case {
    op: Op,
    inputs: &'static [[usize; 3]],
    flops: u64,
    activations: u64,
    parameters: u64,
}

/// Parameters are told apart by nothing but their shape here.
fn parameter(graph: &mut Graph, shape: &[usize]) -> ParameterId {
    graph.add_parameter(Parameter {
        name: format!("{shape:?}"),
        shape: shape.to_vec(),
        trainable: true,
        derivation: Derivation::Stored,
    })
}

/// The cost of `op`, whose parameters are in `graph`, of inputs of these shapes: each is made of the graph's
/// single value.
fn cost(mut graph: Graph, op: Op, inputs: &[[usize; 3]]) -> Cost {
    let mut results: Vec<NodeId> = Vec::new();
    for &[channels, height, width] in inputs {
        let widened = Op::Conv2d(Conv2d {
            window: Window::square(1, 1),
            in_channels: 1,
            out_channels: channels,
            groups: 1,
            weight: parameter(&mut graph, &[channels, 1, 1, 1]),
            bias: None,
            activation: Activation::Identity,
        });
        let resized = Op::Resize(Resize {
            height,
            width,
            interpolation: Interpolation::Nearest,
        });
        let pixel = graph.input();
        let pixel = graph.add_node("channels", widened, vec![pixel]).unwrap();
        results.push(graph.add_node("size", resized, vec![pixel]).unwrap());
    }
    let id = graph.add_node("op", op, results).unwrap();
    graph.cost(id)
}

#[test]
fn operations_cost_what_is_worked_out_by_hand() {
    let mut graph = Graph::new("case", Shape::new(1, 1, 1));
    let p = |graph: &mut Graph, shape: &[usize]| parameter(graph, shape);
    let norm = BatchNormParameters {
        gamma: p(&mut graph, &[3]),
        beta: p(&mut graph, &[3]),
        mean: p(&mut graph, &[3]),
        variance: p(&mut graph, &[3]),
        epsilon: 1e-5,
    };
    let cases = [
        // 8 * 5 * 4 = 160 results of 3 * 3 * 3 = 27 multiply-adds, a bias and a comparison; 8 * 27 + 8
        // parameters.
        Case {
            op: Op::Conv2d(Conv2d {
                window: Window::square(3, 1).padded(1),
                in_channels: 3,
                out_channels: 8,
                groups: 1,
                weight: p(&mut graph, &[8, 3, 3, 3]),
                bias: Some(p(&mut graph, &[8])),
                activation: Activation::Relu,
            }),
            inputs: &[[3, 5, 4]],
            flops: 160 * (2 * 27 + 1 + 1),
            activations: 60 + 160,
            parameters: 216 + 8,
        },
        // Two groups: each of 6 * 2 * 3 = 36 results sees 2 channels; then the residual and two
        // comparisons.
        Case {
            op: Op::Conv2d(Conv2d {
                window: Window::square(1, 1),
                in_channels: 4,
                out_channels: 6,
                groups: 2,
                weight: p(&mut graph, &[6, 2, 1, 1]),
                bias: None,
                activation: Activation::Relu6,
            }),
            inputs: &[[4, 2, 3], [6, 2, 3]],
            flops: 36 * (2 * 2 + 1 + 2),
            activations: 24 + 36 + 36,
            parameters: 12,
        },
        // Depthwise, stride 2: 4 * 3 * 3 = 36 results of 9 multiply-adds.
        Case {
            op: Op::Conv2d(Conv2d {
                window: Window::square(3, 2).padded(1),
                in_channels: 4,
                out_channels: 4,
                groups: 4,
                weight: p(&mut graph, &[4, 1, 3, 3]),
                bias: None,
                activation: Activation::Identity,
            }),
            inputs: &[[4, 5, 5]],
            flops: 36 * 2 * 9,
            activations: 100 + 36,
            parameters: 36,
        },
        // 18 values go to 4 taps of 3 channels each; 3 * 6 * 6 = 108 results have a bias.
        Case {
            op: Op::ConvTranspose2d(ConvTranspose2d {
                window: Window::square(2, 2),
                output_padding: [0, 0],
                in_channels: 2,
                out_channels: 3,
                groups: 1,
                weight: p(&mut graph, &[2, 3, 2, 2]),
                bias: Some(p(&mut graph, &[3])),
                activation: Activation::Identity,
            }),
            inputs: &[[2, 3, 3]],
            flops: 18 * 4 * 3 * 2 + 108,
            activations: 18 + 108,
            parameters: 24 + 3,
        },
        Case {
            op: Op::BatchNorm(BatchNorm {
                channels: 3,
                parameters: norm,
                activation: Activation::Relu,
            }),
            inputs: &[[3, 2, 2]],
            flops: 12 * (2 + 1),
            activations: 12 + 12,
            parameters: 4 * 3,
        },
        // A square, which the neighbours share, the sum of five, then scale, shift, power and division.
        Case {
            op: Op::LocalResponseNorm(LocalResponseNorm {
                size: 5,
                alpha: 1e-4,
                beta: 0.75,
                k: 2.0,
            }),
            inputs: &[[6, 2, 2]],
            flops: 24 * (1 + 5 + 4),
            activations: 24 + 24,
            parameters: 0,
        },
        Case {
            op: Op::Activation(Activation::Relu),
            inputs: &[[10, 1, 1]],
            flops: 10,
            activations: 20,
            parameters: 0,
        },
        Case {
            op: Op::Activation(Activation::Relu6),
            inputs: &[[10, 1, 1]],
            flops: 20,
            activations: 20,
            parameters: 0,
        },
        // 2 * 3 * 3 = 18 results of 9 taps.
        Case {
            op: Op::MaxPool(MaxPool {
                window: Window::square(3, 2),
            }),
            inputs: &[[2, 7, 7]],
            flops: 18 * 9,
            activations: 98 + 18,
            parameters: 0,
        },
        Case {
            op: Op::AveragePool(AveragePool {
                window: Window::square(2, 2),
                count_padding: true,
            }),
            inputs: &[[2, 4, 4]],
            flops: 8 * 4,
            activations: 32 + 8,
            parameters: 0,
        },
        // Of three pixels the middle one belongs to both cells: each of the 2 x 2 cells has 2 x 2 pixels.
        Case {
            op: Op::AdaptiveAveragePool(AdaptiveAveragePool {
                height: 2,
                width: 2,
            }),
            inputs: &[[1, 3, 3]],
            flops: 4 * 4,
            activations: 9 + 4,
            parameters: 0,
        },
        Case {
            op: Op::GlobalAveragePool(GlobalAveragePool),
            inputs: &[[3, 4, 5]],
            flops: 60,
            activations: 60 + 3,
            parameters: 0,
        },
        Case {
            op: Op::Concat(Concat::default()),
            inputs: &[[2, 2, 2], [3, 2, 2]],
            flops: 0,
            activations: 8 + 12 + 20,
            parameters: 0,
        },
        Case {
            op: Op::Add(Add::default()),
            inputs: &[[1, 2, 3], [1, 2, 3]],
            flops: 6,
            activations: 3 * 6,
            parameters: 0,
        },
        Case {
            op: Op::Add(Add {
                scale: 0.1,
                activation: Activation::Relu,
            }),
            inputs: &[[1, 2, 3], [1, 2, 3]],
            flops: 6 * (2 + 1),
            activations: 3 * 6,
            parameters: 0,
        },
        Case {
            op: Op::Linear(Linear {
                in_features: 10,
                out_features: 4,
                weight: p(&mut graph, &[4, 10]),
                bias: Some(p(&mut graph, &[4])),
                activation: Activation::Relu,
            }),
            inputs: &[[10, 1, 1]],
            flops: 2 * 40 + 4 + 4,
            activations: 10 + 4,
            parameters: 40 + 4,
        },
        Case {
            op: Op::Softmax(Softmax),
            inputs: &[[10, 1, 1]],
            flops: 50,
            activations: 20,
            parameters: 0,
        },
        Case {
            op: Op::Pad(Pad {
                padding: Padding::all(1),
            }),
            inputs: &[[2, 3, 3]],
            flops: 0,
            activations: 18 + 50,
            parameters: 0,
        },
        Case {
            op: Op::Crop(Crop {
                border: Padding::all(1),
            }),
            inputs: &[[2, 5, 5]],
            flops: 0,
            activations: 50 + 18,
            parameters: 0,
        },
        Case {
            op: Op::Resize(Resize {
                height: 4,
                width: 4,
                interpolation: Interpolation::Nearest,
            }),
            inputs: &[[1, 2, 2]],
            flops: 0,
            activations: 4 + 16,
            parameters: 0,
        },
        // Two mixtures along a row and one of both, each a difference, a product and a sum.
        Case {
            op: Op::Resize(Resize {
                height: 4,
                width: 4,
                interpolation: Interpolation::Bilinear {
                    align_corners: false,
                },
            }),
            inputs: &[[1, 2, 2]],
            flops: 16 * 3 * 3,
            activations: 4 + 16,
            parameters: 0,
        },
        Case {
            op: Op::Flatten(Flatten),
            inputs: &[[2, 3, 4]],
            flops: 0,
            activations: 24 + 24,
            parameters: 0,
        },
        Case {
            op: Op::Dropout(Dropout),
            inputs: &[[2, 3, 4]],
            flops: 0,
            activations: 24 + 24,
            parameters: 0,
        },
    ];
    for case in &cases {
        let expected = Cost {
            flops: case.flops,
            activation_bytes: 4 * case.activations,
            parameter_bytes: 4 * case.parameters,
        };
        let found = cost(graph.clone(), case.op.clone(), case.inputs);
        assert_eq!(found, expected, "{} of {:?}", case.op, case.inputs);
    }
    let kinds: BTreeSet<&str> = cases.iter().map(|case| case.op.kind()).collect();
    for kernel in KERNELS {
        assert!(kinds.contains(kernel.op), "no case of {}", kernel.op);
    }
}

/// A batch shares the parameters.
#[test]
fn a_batch_reads_the_parameters_once() {
    let one = Cost {
        flops: 10,
        activation_bytes: 20,
        parameter_bytes: 30,
    };
    let three = one.of_batch(3);
    assert_eq!((three.flops, three.bytes()), (30, 60 + 30));
}

/// Billions of multiply-adds as torchvision publishes them (`_ops` of its weights' metadata): those of
/// convolutions and linear layers alone. Biases, activations, normalisation, pooling and residuals, which
/// `Cost::flops` has too, are left out there.
#[test]
fn networks_cost_what_torchvision_publishes() {
    let published = [
        ("alexnet", 0.714),
        ("vgg11", 7.609),
        ("vgg13", 11.308),
        ("vgg16", 15.470),
        ("vgg19", 19.632),
        ("vgg16_bn", 15.470),
        ("googlenet", 1.498),
        ("inception_v3", 5.713),
        ("resnet18", 1.814),
        ("resnet34", 3.664),
        ("resnet50", 4.089),
        ("resnet101", 7.801),
        ("resnet152", 11.514),
        ("densenet121", 2.834),
        ("densenet169", 3.360),
        ("densenet201", 4.291),
        ("mobilenet_v2", 0.301),
        ("squeezenet1_1", 0.349),
    ];
    for (model, published) in published {
        let graph = zoo::find(model).unwrap().graph().unwrap();
        let flops: u64 = graph
            .iter()
            .map(|(id, node)| match &node.op {
                Op::Conv2d(op) => {
                    graph.cost(id).flops - op.bias.map_or(0, |_| node.shape.elements() as u64)
                }
                Op::Linear(op) => {
                    graph.cost(id).flops - op.bias.map_or(0, |_| node.shape.elements() as u64)
                }
                _ => 0,
            })
            .sum();
        let found = flops as f64 / 2.0 / 1e9;
        assert!((found - published).abs() <= 0.0005, "{model}: {found}");
    }
}

/// However an operation is cut into dispatches, they cost together what it does; but the parts of a layer
/// whose parameters do not fit a binding each read its input.
#[test]
fn dispatches_cost_what_their_nodes_do() {
    let in_place = |op: &Op| matches!(op, Op::Concat(concat) if concat.in_place);
    for (model, batch, split) in [
        ("googlenet", 1, false),
        ("densenet121", 2, false),
        ("vgg11", 3, true),
    ] {
        for passes in [PassSet::all(), PassSet::none()] {
            let graph = zoo::find(model).unwrap().graph().unwrap();
            let graph = optimize(&graph, &passes).unwrap();
            let plan = Plan::new(&graph, batch, &DeviceProfile::WEBGPU).unwrap();
            let dispatched = plan.dispatches.iter().map(|dispatch| dispatch.cost);
            let nodes = graph
                .iter()
                .filter(|(_, node)| node.op != Op::Input && !in_place(&node.op))
                .map(|(id, _)| graph.cost(id).of_batch(batch));
            let [dispatched, nodes] = [sum(dispatched), sum(nodes)];
            assert_eq!(dispatched.flops, nodes.flops, "{model}");
            assert_eq!(dispatched.parameter_bytes, nodes.parameter_bytes, "{model}");
            let [found, least] = [dispatched.activation_bytes, nodes.activation_bytes];
            assert!(found >= least, "{model}: {found} and {least}");
            assert_eq!(found > least, split, "{model}: {found} and {least}");
        }
    }
}

fn sum(costs: impl Iterator<Item = Cost>) -> Cost {
    costs.fold(Cost::default(), |sum, cost| Cost {
        flops: sum.flops + cost.flops,
        activation_bytes: sum.activation_bytes + cost.activation_bytes,
        parameter_bytes: sum.parameter_bytes + cost.parameter_bytes,
    })
}
