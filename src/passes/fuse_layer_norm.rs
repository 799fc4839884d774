//! Replaces a layer normalisation that is computed in steps, by means and point-wise operations, by the one operation that
//! computes it. If the values along another axis than the channels are normalised, that axis becomes the channels.

use super::axes::{Order, aligned};
use super::expression::Expression;
use super::patch::Outcome;
use crate::graph::{
    Draft, Function, Insertion, LayerNorm, NodeId, Number, Op, Pointwise, Reduction, Reshape,
    Source, Sum, ValueId,
};
use crate::tensor::Dims;

/// The most point-wise nodes that are followed. Exporters write about seven.
const MOST_NODES: usize = 16;

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    if !matches!(node.op(), Op::Pointwise(_) | Op::Add(_)) {
        return Outcome::NoMatch;
    }
    let found = means(draft, id).into_iter().find_map(|(x, axis)| {
        let normalised = Normalised::of(draft, id, x, axis)?;
        Some((x, axis, normalised))
    });
    let Some((x, axis, normalised)) = found else {
        return Outcome::NoMatch;
    };
    let extents = draft.value(x).ty().extents();
    let Ok(dims) = Dims::new(&extents[axis..=axis]) else {
        return Outcome::NoMatch;
    };
    let name = node.name();
    let order = Order::to_front(axis, extents.len());
    let mut inserted = Vec::new();
    let mut input = Source::Value(x);
    if axis > 0 {
        inserted.push(order.of(name, input));
        input = Source::Inserted(0);
    }
    let mut inputs = vec![Some(input)];
    for parameter in normalised.parameters {
        let op = Op::Reshape(Reshape { dims });
        let name = draft.value(parameter).name();
        inserted.push(Insertion::new(name, op, vec![Some(parameter.into())]));
        inputs.push(Some(Source::Inserted(inserted.len() - 1)));
    }
    let op = LayerNorm {
        epsilon: Number(normalised.epsilon),
    };
    let norm = Insertion::new(name, Op::LayerNorm(op), inputs);
    if axis == 0 {
        return Outcome::replace_and_insert(inserted, norm);
    }
    inserted.push(norm);
    let last = Source::Inserted(inserted.len() - 1);
    Outcome::replace_and_insert(inserted, order.inverse().of(name, last))
}

/// Returns the values of which the point-wise nodes before `id` read the mean along one axis, with the axis.
fn means(draft: &Draft, id: NodeId) -> Vec<(ValueId, usize)> {
    let mut found = Vec::new();
    let mut nodes = vec![id];
    let mut next = 0;
    while next < nodes.len() && nodes.len() < MOST_NODES {
        for read in draft.node(nodes[next]).reads() {
            let Some((producer, node)) = draft.producer(read) else {
                continue;
            };
            match (mean(draft, read), node.op().as_pointwise()) {
                (Some(mean), _) if !found.contains(&mean) => found.push(mean),
                (None, Some(_)) if !nodes.contains(&producer) => nodes.push(producer),
                _ => {}
            }
        }
        next += 1;
    }
    found
}

/// Returns the value that `value` is the mean of, and the axis, if it is the mean along one axis.
fn mean(draft: &Draft, value: ValueId) -> Option<(ValueId, usize)> {
    let (_, node) = draft.producer(value)?;
    match node.op() {
        Op::Reduce(reduce) if reduce.reduction == Reduction::Mean => match *reduce.axes {
            [axis] => Some((node.input()?, axis)),
            _ => None,
        },
        _ => None,
    }
}

/// What a layer normalisation has besides its input.
struct Normalised {
    epsilon: f64,
    /// Gamma and beta, or gamma alone.
    parameters: Vec<ValueId>,
}

impl Normalised {
    /// Returns `None` if the node `id` does not normalise `x` along `axis`, with at least a gamma.
    fn of(draft: &Draft, id: NodeId, x: ValueId, axis: usize) -> Option<Self> {
        let result = draft.value(draft.node(id).result()).ty();
        if draft.value(x).ty() != result {
            return None;
        }
        let whole = Expression::expanded(draft, id, x)?;
        let (mut averages, mut parameters) = (Vec::new(), Vec::new());
        for &read in whole.reads.iter().filter(|&&read| read != x) {
            match mean(draft, read) {
                Some((_, along)) if along == axis => averages.push(read),
                _ if is_along(draft, read, axis, result.extents()) => parameters.push(read),
                _ => return None,
            }
        }
        let (of_x, of_squares): (Vec<ValueId>, Vec<ValueId>) = averages
            .into_iter()
            .partition(|&average| mean(draft, average) == Some((x, axis)));
        let (&[average], &[squares]) = (of_x.as_slice(), of_squares.as_slice()) else {
            return None;
        };
        let is_centred = is_centred(draft, squares, x, axis)?;
        let mut orders = vec![parameters.clone()];
        parameters.reverse();
        orders.push(parameters);
        orders.into_iter().find_map(|parameters| {
            let order = [&[x, average, squares][..], parameters.as_slice()].concat();
            let found = whole.formula.renumbered(|operand| {
                let value = whole.reads[operand];
                let place = order.iter().position(|&other| other == value);
                place.unwrap_or(order.len())
            });
            let epsilon = epsilon_of(&found, parameters.len())?;
            let expected = formula(epsilon, is_centred, parameters.len())?;
            let is_same = Sum::of(&found)?.is_equal(&Sum::of(&expected)?);
            is_same.then_some(Self {
                epsilon,
                parameters,
            })
        })
    }
}

/// Returns whether `value` is a constant with a value for each place along `axis` of values of these `extents`.
fn is_along(draft: &Draft, value: ValueId, axis: usize, extents: &[usize]) -> bool {
    let value = draft.value(value);
    let aligned = aligned(value.ty().dims(), extents.len());
    let is_one = |aligned: Vec<usize>| {
        let mut own = aligned.into_iter().enumerate();
        own.all(|(at, extent)| extent == if at == axis { extents[axis] } else { 1 })
    };
    value.is_constant() && aligned.is_some_and(is_one)
}

/// Returns whether `squares` is the mean of the squares of `x` minus its mean, or that of the squares of `x`. Returns `None`
/// if it is something else.
fn is_centred(draft: &Draft, squares: ValueId, x: ValueId, axis: usize) -> Option<bool> {
    let (squared, _) = mean(draft, squares)?;
    let (id, _) = draft.producer(squared)?;
    let squared = Expression::expanded(draft, id, x)?;
    let difference = match *squared.reads {
        [read] if read == x => Pointwise::identity(),
        [a, b] if a == x && mean(draft, b) == Some((x, axis)) => {
            Pointwise::operand(0).minus(&Pointwise::operand(1))
        }
        [a, b] if b == x && mean(draft, a) == Some((x, axis)) => {
            Pointwise::operand(1).minus(&Pointwise::operand(0))
        }
        _ => return None,
    };
    let expected = Sum::of(&difference.times(&difference))?;
    let is_same = Sum::of(&squared.formula)?.is_equal(&expected);
    is_same.then_some(squared.reads.len() == 2)
}

/// Returns the epsilon if `formula` is a layer normalisation: for an input of 1 and statistics of 0, the result is
/// `1 / sqrt(epsilon)`.
fn epsilon_of(formula: &Pointwise, parameters: usize) -> Option<f64> {
    let operands = match parameters {
        1 => &[1.0, 0.0, 0.0, 1.0][..],
        2 => &[1.0, 0.0, 0.0, 1.0, 0.0],
        _ => return None,
    };
    if formula.operands() > operands.len() {
        return None;
    }
    let epsilon = formula.apply(operands).powi(-2) as f32;
    (epsilon.is_finite() && epsilon > 0.0).then(|| epsilon.into())
}

/// The formula of a layer normalisation of operand 0. The others are the mean, the mean of squares, gamma and beta.
fn formula(epsilon: f64, is_centred: bool, parameters: usize) -> Option<Pointwise> {
    let operand = Pointwise::operand;
    let variance = match is_centred {
        true => operand(2),
        false => operand(2).minus(&operand(1).times(&operand(1))),
    };
    let deviation = variance.plus(&Pointwise::constant(epsilon));
    let deviation = deviation.unary(Function::Sqrt);
    let scaled = operand(0)
        .minus(&operand(1))
        .over(&deviation)
        .times(&operand(3));
    match parameters {
        1 => Some(scaled),
        2 => Some(scaled.plus(&operand(4))),
        _ => None,
    }
}
