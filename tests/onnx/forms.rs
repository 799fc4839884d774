//! The forms in which exporters write one operation: passes find the operation in each of them, and the answer stays the
//! same.

use std::collections::BTreeSet;

use menagerie::graph::Graph;
use menagerie::onnx::{Model, Options};
use menagerie::passes::{PassSet, optimize};
use menagerie::reference::{Operand, Reference};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};

use super::common::compare::largest_difference;
use super::writer::{Message, graph_of, integers, model, node, port, values};

/// The extents of the input `x`.
const INPUT: [i64; 4] = [1, 4, 6, 5];

const TOLERANCE: f64 = 2e-6;

/// A form: what it is, the nodes of the file, and the nodes of the optimised graph.
///
/// A node is `result = operation inputs attributes`. An input is a value, a number, a weight as `w[4,4,1,1]`, or integers as
/// `i[1,-1]`. The result of the last node is the output.
type Form = (&'static str, &'static str, &'static str);

const CONV: &str = "c = Conv x w[4,4,1,1]\n";

/// Activations of the result `c` of a convolution, in place of which the convolution applies the activation.
const ACTIVATIONS: &[Form] = &[
    ("silu", "s = Sigmoid c; y = Mul c s", "silu"),
    (
        "silu, the other order",
        "s = Sigmoid c; y = Mul s c",
        "silu",
    ),
    (
        "silu by a power",
        "n = Neg c; e = Exp n; o = Add e 1; y = Div c o",
        "silu",
    ),
    (
        "sigmoid by a power",
        "n = Neg c; e = Exp n; o = Add 1 e; y = Div 1 o",
        "sigmoid",
    ),
    (
        "hard_sigmoid",
        "a = Add c 3; l = Clip a 0 6; y = Div l 6",
        "hard_sigmoid",
    ),
    (
        "hard_sigmoid, divided before",
        "a = Div c 6; b = Add a 0.5; y = Clip b 0 1",
        "hard_sigmoid",
    ),
    (
        "hard_swish by a hard sigmoid",
        "s = HardSigmoid c alpha=0.16666667 beta=0.5; y = Mul c s",
        "hard_swish",
    ),
    (
        "hard_swish, divided last",
        "a = Add c 3; l = Clip a 0 6; m = Mul c l; y = Div m 6",
        "hard_swish",
    ),
    (
        "hard_swish, divided first",
        "a = Add 3 c; l = Clip a 0 6; d = Div l 6; y = Mul d c",
        "hard_swish",
    ),
    (
        "hard_swish, multiplied",
        "a = Add c 3; l = Clip a 0 6; d = Mul l 0.16666667; y = Mul c d",
        "hard_swish",
    ),
    (
        "hard_swish by bounds",
        "a = Add c 3; r = Relu a; l = Min r 6; m = Mul l c; y = Mul m 0.16666667",
        "hard_swish",
    ),
    (
        "gelu",
        "d = Div c 1.4142135; e = Erf d; o = Add e 1; m = Mul c o; y = Mul m 0.5",
        "gelu",
    ),
    (
        "gelu, half first",
        "h = Mul c 0.5; d = Mul c 0.70710677; e = Erf d; o = Add 1 e; y = Mul h o",
        "gelu",
    ),
    (
        "gelu, half last but one",
        "d = Div c 1.4142135; e = Erf d; o = Add e 1; h = Mul o 0.5; y = Mul h c",
        "gelu",
    ),
    (
        "gelu by a tangent",
        "p = Pow c 3; k = Mul p 0.044715; a = Add c k; r = Mul a 0.7978846; t = Tanh r; o = Add t 1; h = Mul c 0.5; y = Mul h o",
        "gelu_tanh",
    ),
    (
        "gelu by a tangent, with a common factor",
        "q = Mul c c; k = Mul q 0.044715; o = Add k 1; f = Mul c o; r = Mul f 0.7978846; t = Tanh r; p = Add t 1; m = Mul c p; y = Mul m 0.5",
        "gelu_tanh",
    ),
    ("softplus", "e = Exp c; o = Add e 1; y = Log o", "softplus"),
    ("mish", "s = Softplus c; t = Tanh s; y = Mul c t", "mish"),
    (
        "mish by a power",
        "e = Exp c; o = Add 1 e; l = Log o; t = Tanh l; y = Mul t c",
        "mish",
    ),
];

/// Other forms, with the nodes that remain.
const FORMS: &[Form] = &[
    (
        "a normalisation after a convolution, in three steps",
        "c = Conv x w[4,4,3,3]; s = Sub c m[4,1,1]; f = Mul s g[4,1,1]; y = Add f b[4,1,1]",
        "conv2d 4->4 3x3 + bias",
    ),
    (
        "a scale and a shift before an activation",
        "c = Conv x w[4,4,3,3]; f = Mul g[1,4,1,1] c; a = Add b[1,4,1,1] f; y = Relu a",
        "conv2d 4->4 3x3 + bias + relu",
    ),
    (
        "an activation that is a gate",
        "p = GlobalAveragePool x; c = Conv p w[4,4,1,1]; a = Add c 3; l = Clip a 0 6; d = Div l 6; g = Mul x d; y = Relu g",
        "global_average_pool | reshape to [4, 1, 1] | conv2d 4->4 1x1 + hard_sigmoid | pointwise clamp(x * a, 0, inf)",
    ),
    (
        "a layer normalisation of the last axis",
        "m = ReduceMean x axes=-1; d = Sub x m; p = Pow d 2; v = ReduceMean p axes=-1; e = Add v 0.125; r = Sqrt e; n = Div d r; f = Mul n g[5]; y = Add f b[5]",
        "transpose to [2, 0, 1] | layer_norm epsilon 0.125 | transpose to [1, 2, 0]",
    ),
    (
        "a layer normalisation of the channels",
        "m = ReduceMean x axes=1; d = Sub x m; p = Mul d d; v = ReduceMean p axes=1; e = Add v 0.125; r = Sqrt e; q = Reciprocal r; n = Mul d q; f = Mul g[4,1,1] n; y = Add f b[4,1,1]",
        "layer_norm epsilon 0.125",
    ),
    (
        "a layer normalisation between transpositions",
        "t = Transpose x perm=0,2,3,1; m = ReduceMean t axes=3; d = Sub t m; p = Pow d 2; v = ReduceMean p axes=3; e = Add v 0.125; r = Sqrt e; n = Div d r; f = Mul n g[4]; a = Add f b[4]; y = Transpose a perm=0,3,1,2",
        "layer_norm epsilon 0.125",
    ),
    (
        "a layer normalisation by the mean of squares",
        "m = ReduceMean x axes=1; s = Mul x x; v = ReduceMean s axes=1; q = Mul m m; u = Sub v q; e = Add u 0.125; r = Sqrt e; i = Reciprocal r; k = Mul i g[4,1,1]; f = Mul x k; n = Mul m k; h = Sub b[4,1,1] n; y = Add f h",
        "layer_norm epsilon 0.125",
    ),
    (
        "channels last between convolutions",
        "c = Conv x w[4,4,1,1]; t = Transpose c perm=0,2,3,1; f = Mul t g[4]; a = Add f b[4]; s = Sigmoid a; p = Mul a s; u = Transpose p perm=0,3,1,2; y = Conv u v[4,4,1,1]",
        "conv2d 4->4 1x1 + bias + silu | conv2d 4->4 1x1",
    ),
    (
        "a residual with channels last",
        "c = Conv x w[4,4,1,1]; t = Transpose c perm=0,2,3,1; o = Transpose x perm=0,2,3,1; a = Add t o; r = Relu a; y = Transpose r perm=0,3,1,2",
        "conv2d 4->4 1x1 + relu",
    ),
    (
        "a border with channels last",
        "t = Transpose x perm=0,2,3,1; p = Pad t i[0,1,1,0,0,1,1,0]; u = Transpose p perm=0,3,1,2; y = Conv u w[4,4,3,3]",
        "conv2d 4->4 3x3 padding 1",
    ),
    (
        "an instance normalisation",
        "y = InstanceNormalization x g[4] b[4]",
        "group_norm of 4 groups, epsilon 0.00001",
    ),
    (
        "a group normalisation by an instance normalisation",
        "r = Reshape x i[0,2,-1]; n = InstanceNormalization r ones[2] zeros[2]; s = Reshape n i[1,4,6,5]; f = Mul s g[4,1,1]; y = Add f b[4,1,1]",
        "group_norm of 2 groups, epsilon 0.00001",
    ),
    (
        "tokens through two matrices",
        "r = Reshape x i[0,4,30]; t = Transpose r perm=0,2,1; m = MatMul t w[4,6]; a = Add m b[6]; e = Mul a 0.70710677; f = Erf e; o = Add f 1; h = Mul a o; g = Mul h 0.5; n = MatMul g v[6,4]; y = Add n d[4]",
        "reshape to [4, 1, 30] | conv2d 4->6 1x1 + bias + gelu | conv2d 6->4 1x1 + bias | reshape to [4, 30] | transpose to [1, 0]",
    ),
    (
        "a gate with channels last",
        "t = Transpose x perm=0,2,3,1; p = ReduceMean t axes=1,2; u = Transpose p perm=0,3,1,2; c = Conv u w[4,4,1,1]; v = Transpose c perm=0,2,3,1; s = Sigmoid v; g = Mul t s; y = Transpose g perm=0,3,1,2",
        "global_average_pool | reshape to [4, 1, 1] | conv2d 4->4 1x1 + sigmoid | pointwise x * a",
    ),
];

#[test]
fn activations_go_into_the_convolution_before_them() {
    for (name, text, expected) in ACTIVATIONS {
        let text = format!("{CONV}; {text}");
        check(name, &text, &format!("conv2d 4->4 1x1 + {expected}"));
    }
}

#[test]
fn other_forms_become_the_operations_that_they_are() {
    for (name, text, expected) in FORMS {
        check(name, text, expected);
    }
}

fn check(name: &str, text: &str, expected: &str) {
    let model = Model::from_bytes(name, file(text)).unwrap();
    let graph = model.graph(&Options::default()).unwrap();
    let weights = model.weights(&graph).unwrap();
    let optimized = optimize(&graph, &PassSet::all()).unwrap();
    let lines = optimized.to_string();
    let nodes = lines.lines().filter(|line| line.starts_with('%'));
    let nodes: Vec<&str> = nodes
        .skip(1)
        .map(|line| {
            let (_, rest) = line.split_once(": ").unwrap();
            rest.split_once(" (%").unwrap().0
        })
        .collect();
    assert_eq!(
        nodes.join(" | "),
        expected,
        "{name}:\n{graph}became\n{optimized}"
    );
    let (before, after) = (answer(&graph, &weights), answer(&optimized, &weights));
    let expected: Vec<f64> = before.into_iter().map(f64::from).collect();
    let (difference, place) = largest_difference(&after, &expected);
    assert!(difference <= TOLERANCE, "{name}: {difference} at {place}");
}

fn answer(graph: &Graph, weights: &Weights) -> Vec<f32> {
    let [_, channels, height, width] = INPUT.map(|extent| extent as usize);
    let input = synthetic_input(0, 1, Shape::new(channels, height, width));
    let input = Operand::of_tensor(&input).unwrap();
    let reference = Reference::new(graph.clone(), weights).unwrap();
    reference.run_all(&[input]).unwrap()[0].data().to_vec()
}

/// The file of these nodes.
fn file(text: &str) -> Vec<u8> {
    let mut graph = Message::default().bytes(2, "graph");
    let mut last = "";
    let mut known = BTreeSet::new();
    for line in text
        .split([';', '\n'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        let mut words = line.split_whitespace();
        let (result, _, op) = (words.next().unwrap(), words.next(), words.next().unwrap());
        let (attributes, inputs): (Vec<&str>, Vec<&str>) =
            words.partition(|word| word.contains('='));
        let names: Vec<&str> = inputs.iter().copied().map(name_of).collect();
        let mut message = node(op, &names, &[result]);
        for attribute in attributes {
            let (name, value) = attribute.split_once('=').unwrap();
            message = message.message(5, self::attribute(name, value));
        }
        graph = graph.message(1, message);
        for (name, input) in names.iter().zip(&inputs) {
            match initializer(name, input) {
                Some(tensor) if known.insert(*name) => graph = graph.message(5, tensor),
                _ => {}
            }
        }
        last = result;
    }
    let graph = graph
        .message(11, port("x", &INPUT))
        .message(12, port(last, &[]));
    model(11, graph).0
}

fn name_of(input: &str) -> &str {
    match input.split_once('[') {
        // Each list is another tensor.
        Some(("i", _)) | None => input,
        Some((name, _)) => name,
    }
}

/// The initializer that `input` is, if it is one.
fn initializer(name: &str, input: &str) -> Option<Message> {
    if let Ok(number) = input.parse() {
        return Some(values(name, &[], &[number]));
    }
    let (kind, list) = input.strip_suffix(']')?.split_once('[')?;
    let list: Vec<i64> = list.split(',').map(|item| item.parse().unwrap()).collect();
    if kind == "i" {
        return Some(integers(name, &list));
    }
    let count: i64 = list.iter().product();
    let value = |index: i64| match kind {
        "ones" => 1.0,
        "zeros" => 0.0,
        // Between 0.5 and 1.5, in no order.
        _ => 0.5 + ((index * 37 + name.len() as i64 * 11) % 101) as f32 / 101.0,
    };
    let all: Vec<f32> = (0..count).map(value).collect();
    Some(values(name, &list, &all))
}

/// An attribute: integers, or a number with a point.
fn attribute(name: &str, value: &str) -> Message {
    let message = Message::default().bytes(1, name);
    if value.contains('.') {
        return message.float(2, value.parse().unwrap()).int(20, 1);
    }
    let values = value.split(',').map(|value| value.parse().unwrap());
    values
        .fold(message, |message, value| message.int(8, value))
        .int(20, 7)
}

/// Converters leave inputs of training behind.
#[test]
fn inputs_that_nothing_reads_are_left_out() {
    let inputs = [
        port("keep_prob", &[]),
        port("x", &[1, 4, 6, 5]),
        port("sizes", &[7]),
    ];
    let nodes = [node("Relu", &["x"], &["y"])];
    let bytes = model(17, graph_of(&inputs, &["y"], &nodes, &[])).0;
    let model = Model::from_bytes("unread", bytes).unwrap();
    assert_eq!(model.inputs().collect::<Vec<_>>(), ["x"]);
    let graph = model.graph(&Options::default()).unwrap();
    assert_eq!(graph.inputs().len(), 1);
}
