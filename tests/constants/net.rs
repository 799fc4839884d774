//! Small graphs with constants in them.

use std::ops::Range;

use menagerie::graph::{BatchNorm, Conv2d, Graph, Number, Op, ValueId, Window};
use menagerie::passes::{PassSet, optimize};
use menagerie::tensor::{Element, Shape, Type};

/// Which parameters a convolution and the batch normalisation behind it have.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    pub bias: bool,
    pub gamma: bool,
    pub beta: bool,
}

pub const ALL: Parts = Parts {
    bias: true,
    gamma: true,
    beta: true,
};

/// A stored tensor of f32.
pub fn stored(graph: &mut Graph, name: &str, extents: &[usize]) -> ValueId {
    let ty = Type::shared(Element::F32, extents).unwrap();
    graph.add_stored(name, ty, true).unwrap()
}

/// A convolution of `channels` to `filters` with square windows of `kernel`, and a batch normalisation.
pub fn conv_and_norm(
    parts: Parts,
    channels: usize,
    filters: usize,
    kernel: usize,
    epsilon: f64,
) -> Graph {
    let mut graph = Graph::new("net");
    let [_, norm] = add_conv_and_norm(&mut graph, parts, channels, filters, kernel, epsilon);
    graph.add_output("output", norm).unwrap();
    graph
}

/// Adds both, and answers with the input and the result.
pub fn add_conv_and_norm(
    graph: &mut Graph,
    parts: Parts,
    channels: usize,
    filters: usize,
    kernel: usize,
    epsilon: f64,
) -> [ValueId; 2] {
    let image = Type::image(Shape::new(channels, kernel, kernel)).unwrap();
    let x = graph.add_input("input", image).unwrap();
    let weight = stored(graph, "conv.weight", &[filters, channels, kernel, kernel]);
    let mut vector = |name: &str, is_there: bool| is_there.then(|| stored(graph, name, &[filters]));
    let bias = vector("conv.bias", parts.bias);
    let gamma = vector("bn.weight", parts.gamma);
    let beta = vector("bn.bias", parts.beta);
    let mean = vector("bn.running_mean", true);
    let variance = vector("bn.running_var", true);
    let conv = Op::Conv2d(Conv2d {
        window: Window::square(kernel, 1),
        groups: 1,
    });
    let conv = graph
        .add("conv", conv, vec![Some(x), Some(weight), bias])
        .unwrap()[0];
    let norm = Op::BatchNorm(BatchNorm {
        epsilon: Number(epsilon),
    });
    let norm = graph
        .add("bn", norm, vec![Some(conv), gamma, beta, mean, variance])
        .unwrap()[0];
    [x, norm]
}

pub fn folded(graph: &Graph) -> Graph {
    optimize(graph, &PassSet::all()).unwrap()
}

/// Ranges of `count` elements with odd ends, and all of it in steps of an odd length.
pub fn ranges(count: usize) -> Vec<Range<usize>> {
    let mut ranges = vec![
        0..0,
        0..1,
        count - 1..count,
        count / 3..count / 2 + 1,
        count..count,
    ];
    let step = (count / 7).max(3);
    ranges.extend(
        (0..count)
            .step_by(step)
            .map(|first| first..(first + step).min(count)),
    );
    ranges
}
