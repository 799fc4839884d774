//! Whatever is asked of the public builder, in any order and with numbers of any size, it answers: with a graph that
//! holds together, or with one line.

use menagerie::graph::{
    Activation, AdaptiveAveragePool, AveragePool, Combination, Conv, ConvTranspose2d, Function,
    Graph, Interpolation, LocalResponseNorm, Number, Op, Padding, Pointwise, Reshape, Rounding,
    Scope, Summary, ValueId, Window, network,
};
use menagerie::passes::{PassSet, optimize};
use menagerie::reference::{Operand, Reference, activation_bytes};
use menagerie::tensor::{Dims, Element, HostTensor, Shape, Type};
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Error, ErrorKind, Result};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

/// A call: which, what of, and numbers that it makes of what it needs.
#[derive(Clone, Debug)]
struct Call {
    kind: usize,
    /// How far back the values are that it reads.
    back: [usize; 2],
    sizes: [usize; 6],
    number: f64,
}

/// Mostly a number that a layer has, now and then one at or beyond a limit.
fn sizes() -> impl Strategy<Value = usize> {
    let limits = vec![
        0,
        (1 << 15) - 1,
        1 << 15,
        (1 << 15) + 1,
        1 << 16,
        1 << 20,
        (1 << 31) - 1,
        1 << 31,
        (1 << 31) + 1,
        1 << 32,
        1 << 33,
        usize::MAX / 2,
        usize::MAX / 2 + 1,
        usize::MAX - 1,
        usize::MAX,
    ];
    prop_oneof![12 => 1..5usize, 1 => prop::sample::select(limits)]
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let numbers = vec![
        0.0,
        0.5,
        1.0,
        1e-3,
        -1.0,
        1e39,
        f64::MAX,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    let sizes = [sizes(), sizes(), sizes(), sizes(), sizes(), sizes()];
    let number = prop_oneof![4 => Just(0.5), 1 => prop::sample::select(numbers)];
    let back = [0..4usize, 0..6usize];
    let call = (0..KINDS, back, sizes, number).prop_map(|(kind, back, sizes, number)| Call {
        kind,
        back,
        sizes,
        number,
    });
    prop::collection::vec(call, 1..20)
}

const KINDS: usize = 35;

/// Does what `call` says with the values so far; what it makes comes behind them.
fn carry_out(net: &Scope<'_>, name: &str, call: &Call, values: &mut Vec<ValueId>) -> Result<()> {
    let [a, b, c, d, e, f] = call.sizes;
    let at = |back: usize| values[values.len().saturating_sub(1 + back)];
    let (x, y) = (at(call.back[0]), at(call.back[1]));
    let channels = net.shape(x).map_or(a, |shape| shape.channels);
    let padding = Padding {
        top: a - a.min(1),
        left: b - b.min(1),
        bottom: c - c.min(1),
        right: d - d.min(1),
    };
    let window = Window {
        kernel: [a, b],
        stride: [c, d],
        dilation: [e, f],
        padding: match call.back[1] {
            0 => padding,
            _ => Padding::default(),
        },
        rounding: match a.is_multiple_of(2) {
            true => Rounding::Ceil,
            false => Rounding::Floor,
        },
    };
    let number = call.number;
    let conv = || {
        let conv = Conv::rectangle(e, [a, b]).stride(c).dilation(d);
        match call.back[1] {
            0 => conv.padding(f),
            1 => conv.same_padding().groups(f),
            2 => conv.centred().groups(channels).bias(),
            _ => conv,
        }
    };
    let expression = || {
        let x = Pointwise::operand(call.back[0]).unary(Function::Exp);
        let y = Pointwise::operand(a).binary(Combination::Min, &Pointwise::constant(number));
        x.then(&y.clamp(-1.0, number)).times(&x)
    };
    let made = match call.kind {
        0 | 1 => net.conv(name, x, Conv::new(a, 3).padding(1).bias())?,
        2 | 3 => net.conv(name, x, conv())?,
        4 => net.conv_transpose(name, x, conv())?,
        5 | 6 => net.batch_norm(name, x, number)?,
        7 => net.linear(name, x, a)?,
        8 => net.activation(
            name,
            x,
            Activation::Elu {
                alpha: Number(number),
            },
        )?,
        9 => net.activation(
            name,
            x,
            Activation::LeakyRelu {
                slope: Number(number),
            },
        )?,
        10 => net.relu(name, x)?,
        11 => net.prelu(name, x)?,
        12 => net.pointwise(name, expression(), &[x, y])?,
        13 => net.multiply(name, x, y)?,
        14 => net.add(name, x, y)?,
        15 => net.add_scaled(name, x, y, number)?,
        16 => net.max_pool(name, x, window)?,
        17 => net.average_pool(name, x, window, a > 2)?,
        18 => net.adaptive_average_pool(name, x, a)?,
        19 => net.global_average_pool(name, x)?,
        20 => net.pad(name, x, padding)?,
        21 => net.crop(name, x, padding)?,
        22 => net.concat(name, &[x, y, x][..call.back[0]])?,
        23 => {
            let parts = match call.back[1] {
                0 => vec![a, channels.saturating_sub(a)],
                1 => vec![channels],
                _ => vec![a, b, c],
            };
            values.extend(net.split(name, x, &parts)?);
            return Ok(());
        }
        24 => net.flatten(name, x)?,
        25 => net.softmax(name, x)?,
        26 => net.dropout(name, x)?,
        27 => {
            let interpolation = match call.back[1] {
                0 => Interpolation::Nearest,
                other => Interpolation::Bilinear {
                    align_corners: other.is_multiple_of(2),
                },
            };
            net.resize(name, x, [a, b], interpolation)?
        }
        28 => {
            let norm = LocalResponseNorm {
                size: a,
                alpha: Number(number),
                beta: Number(number),
                k: Number(1.0),
            };
            net.local_response_norm(name, x, norm)?
        }
        29 => {
            let dims = Dims::new(&call.sizes[..call.back[1]])?;
            net.add_op(name, Op::Reshape(Reshape { dims }), vec![Some(x)])?[0]
        }
        30 => net.parameter(&format!("{a}"), &call.sizes[1..1 + call.back[1]])?,
        31 => net.known(name, HostTensor::new(&[1, 1], vec![number as f32])?)?,
        32 => net.layer_norm(name, x, number)?,
        33 => net.linear_of_pixels(name, x, a)?,
        _ => {
            // Operations that no method makes so.
            let op = match call.back[0] {
                0 => Op::ConvTranspose2d(ConvTranspose2d {
                    window,
                    output_padding: [e, f],
                    groups: d,
                }),
                1 => Op::AdaptiveAveragePool(AdaptiveAveragePool {
                    height: a,
                    width: b,
                }),
                _ => Op::AveragePool(AveragePool {
                    window,
                    count_padding: true,
                }),
            };
            let weight = net.parameter(&format!("{name}.weight"), &[channels, c, a, b])?;
            let inputs = vec![Some(x), Some(weight), None];
            net.add_op(name, op, inputs)?[0]
        }
    };
    values.push(made);
    Ok(())
}

fn is_one_line(error: &Error) -> bool {
    let text = error.to_string();
    !text.is_empty() && !text.contains('\n') && text.len() < 2000
}

/// All that can be asked of a graph without weights.
fn ask(graph: &Graph) {
    let text = graph.to_string();
    assert!(text.lines().count() > graph.computed().count(), "{text}");
    for (id, node) in graph.iter() {
        assert!(graph.cost(id).of_batch(usize::MAX).bytes() >= graph.cost(id).parameter_bytes);
        graph.described(id);
        for read in node.reads() {
            let before = graph.value(read).node();
            assert!(before.is_none_or(|before| before < id), "{text}");
        }
        let types = graph.input_types(id);
        let results: Vec<Type> = node
            .results()
            .iter()
            .map(|&result| *graph.ty(result))
            .collect();
        assert_eq!(node.op().infer(&types).unwrap(), results);
        if let Ok(layer) = graph.layer(id) {
            assert_eq!(layer.nodes().len(), 1);
        }
    }
    for (id, _) in graph.stored() {
        graph.constant(id).unwrap();
    }
    Summary::of(graph).to_string();
    activation_bytes(graph);
}

/// Whether the reference executor is done with `graph` at once.
fn is_small(graph: &Graph) -> bool {
    let flops = graph
        .iter()
        .map(|(id, _)| graph.cost(id).flops)
        .fold(0, u64::saturating_add);
    let near = |window: &Window| {
        let Padding { top, left, .. } = window.padding;
        let far = [top, left, window.extent(0), window.extent(1)];
        far.into_iter()
            .chain(window.stride)
            .all(|pixels| pixels < 100)
    };
    let near = graph.nodes().iter().all(|node| match node.op() {
        Op::Conv2d(op) => near(&op.window),
        Op::ConvTranspose2d(op) => near(&op.window),
        _ => true,
    });
    let constants = graph.values().iter().filter(|value| value.is_constant());
    let constants: usize = constants.map(|value| value.ty().count()).sum();
    near && flops < 1 << 22 && activation_bytes(graph) < 1 << 22 && constants < 1 << 22
}

/// What comes out of `graph` with made-up weights and inputs; none where constants are not finite.
fn run(graph: Graph) -> Option<Vec<Operand<'static>>> {
    let ports = graph.inputs().iter();
    let inputs = ports.map(|port| {
        let ty = *graph.ty(port.value);
        let images = if ty.is_per_image() { 2 } else { 1 };
        let values = synthetic_input(7, 1, Shape::vector(images * ty.count()));
        Operand::new(ty, images, values.into_data()).unwrap()
    });
    let inputs: Vec<Operand<'_>> = inputs.collect();
    let network = match Reference::new(graph, &Weights::synthetic(0)) {
        Ok(network) => network,
        Err(error) => {
            assert!(
                is_one_line(&error) && error.kind() == ErrorKind::NotFinite,
                "{error}"
            );
            return None;
        }
    };
    Some(network.run_all(&inputs).unwrap())
}

#[test]
fn never_panic() {
    let config = Config {
        cases: 1500,
        rng_seed: RngSeed::Fixed(0),
        failure_persistence: None,
        ..Config::default()
    };
    let (mut added, mut refused) = (0, 0);
    let runs = std::cell::Cell::new(0);
    let counts = std::cell::RefCell::new((&mut added, &mut refused));
    proptest!(config, |(calls in calls())| {
        let graph = network("random", |net| {
            let mut values = vec![net.image("input", Shape::new(4, 9, 8))?];
            values.push(net.input("table", Type::shared(Element::F32, &[4])?)?);
            values.swap(0, 1);
            for (index, call) in calls.iter().enumerate() {
                let scope = net.at(index);
                let mut counts = counts.borrow_mut();
                match carry_out(&scope, "layer", call, &mut values) {
                    Ok(()) => *counts.0 += 1,
                    Err(error) => {
                        assert!(is_one_line(&error), "{error}");
                        *counts.1 += 1;
                    }
                }
            }
            for (index, &value) in values.iter().enumerate().rev().step_by(3) {
                net.output(&format!("{index}"), value)?;
            }
            Ok(())
        });
        let graph = graph.unwrap();
        ask(&graph);
        let optimized = optimize(&graph, &PassSet::all()).unwrap();
        ask(&optimized);
        for (before, after) in graph.outputs().iter().zip(optimized.outputs()) {
            prop_assert_eq!(&before.name, &after.name);
            prop_assert_eq!(graph.ty(before.value), optimized.ty(after.value));
        }
        if is_small(&graph) && is_small(&optimized) && let Some(outputs) = run(graph) {
            runs.set(runs.get() + 1);
            for output in outputs {
                prop_assert!(output.data().len() == output.images() * output.ty().count());
            }
            run(optimized);
        }
    });
    let runs = runs.get();
    println!("{added} layers, {refused} refusals, {runs} graphs run");
    assert!(runs >= 300, "{runs} graphs run");
    assert!(
        added >= 3000 && refused >= 3000,
        "{added} layers, {refused} refusals"
    );
}
