//! Moves a transposition behind the operations that compute each value by itself or reduce whole axes, and joins
//! transpositions in a row. Files of frameworks that have channels last transpose before and after each convolution: then
//! the transpositions meet and cancel, and the convolution is directly before its activation.
//!
//! Constants are transposed in the other direction, once and before any run.

use super::axes::{Order, aligned};
use super::patch::Outcome;
use crate::graph::{
    Draft, Expand, GlobalAveragePool, Insertion, Node, NodeId, Op, Reduce, Reduction, Reshape,
    Slice, Source, Transpose, ValueId,
};
use crate::tensor::Dims;

/// The most steps that transposing a constant adds.
const STEPS: usize = 2;

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    if !node.post().is_identity() || !node.pre().is_identity() {
        return Outcome::NoMatch;
    }
    match node.op() {
        Op::Transpose(outer) => joined(draft, node, outer),
        Op::Reshape(reshape) => reshaped(draft, node, reshape),
        Op::Reduce(_) | Op::Slice(_) | Op::Expand(_) => along_axes(draft, node),
        Op::Activation(_) | Op::PRelu(_) | Op::Pointwise(_) | Op::Add(_) => point_wise(draft, node),
        _ => Outcome::NoMatch,
    }
}

/// The transposition that computes `value`, and its input.
fn transposed(draft: &Draft, value: ValueId) -> Option<(Order, ValueId)> {
    let (_, producer) = draft.producer(value)?;
    let (Op::Transpose(op), Some(source)) = (producer.op(), producer.input()) else {
        return None;
    };
    let is_computed = !draft.value(source).is_constant();
    is_computed.then(|| (Order(op.axes.clone()), source))
}

/// Joins two transpositions in a row. A transposition that moves no value is skipped.
fn joined(draft: &Draft, node: &Node, outer: &Transpose) -> Outcome {
    let Some(input) = node.input() else {
        return Outcome::NoMatch;
    };
    let inner = transposed(draft, input);
    let is_joined = inner.is_some();
    let (order, source) = match inner {
        Some((inner, source)) => (inner.then(&Order(outer.axes.clone())), source),
        None => (Order(outer.axes.clone()), input),
    };
    let (from, to) = (draft.value(source).ty(), draft.value(node.result()).ty());
    if from == to && order.moves_nothing(from.extents()) {
        return Outcome::bypass(source);
    }
    match is_joined {
        true => Outcome::replace(order.of(node.name(), source.into())),
        false => Outcome::NoMatch,
    }
}

/// Skips what only changes the extents before a reshaping.
fn reshaped(draft: &Draft, node: &Node, reshape: &Reshape) -> Outcome {
    let Some(input) = node.input() else {
        return Outcome::NoMatch;
    };
    let result = draft.value(node.result()).ty();
    if draft.value(input).ty() == result {
        return Outcome::bypass(input);
    }
    let source = match (transposed(draft, input), draft.producer(input)) {
        (Some((order, source)), _) if order.moves_nothing(draft.value(source).ty().extents()) => {
            source
        }
        (_, Some((_, producer))) if matches!(producer.op(), Op::Reshape(_)) => {
            match producer.input() {
                Some(source) => source,
                None => return Outcome::NoMatch,
            }
        }
        _ => return Outcome::NoMatch,
    };
    if draft.value(source).ty() == result {
        return Outcome::bypass(source);
    }
    let op = Op::Reshape(*reshape);
    Outcome::replace(Insertion::new(node.name(), op, vec![Some(source.into())]))
}

/// Moves a transposition behind an operation along axes, which then has other axes.
fn along_axes(draft: &Draft, node: &Node) -> Outcome {
    let Some((order, source)) = node.input().and_then(|input| transposed(draft, input)) else {
        return Outcome::NoMatch;
    };
    let rank = order.0.len();
    let op = match node.op() {
        Op::Reduce(reduce) => {
            // An index counts the values in the order of the axes.
            let counts = matches!(reduce.reduction, Reduction::ArgMax | Reduction::ArgMin);
            if counts && reduce.axes.len() > 1 {
                return Outcome::NoMatch;
            }
            reduced(&order, reduce)
        }
        Op::Slice(slice) => Op::Slice(Slice {
            axes: order.before(&slice.axes),
        }),
        Op::Expand(expand) if expand.dims.rank() == rank => {
            match Dims::new(&order.before(&expand.dims)) {
                Ok(dims) => Op::Expand(Expand { dims }),
                Err(_) => return Outcome::NoMatch,
            }
        }
        _ => return Outcome::NoMatch,
    };
    let mut inserted = vec![Insertion::new(node.name(), op, vec![Some(source.into())])];
    if let Op::GlobalAveragePool(_) = inserted[0].op {
        // Its result is a vector.
        let result = draft.value(node.result()).ty().extents();
        let Ok(dims) = Dims::new(&order.before(result)) else {
            return Outcome::NoMatch;
        };
        let op = Op::Reshape(Reshape { dims });
        let vector = vec![Some(Source::Inserted(0))];
        inserted.push(Insertion::new(node.name(), op, vector));
    }
    let last = Source::Inserted(inserted.len() - 1);
    Outcome::replace_and_insert(inserted, order.of(node.name(), last))
}

/// The reduction of the value before the transposition.
fn reduced(order: &Order, reduce: &Reduce) -> Op {
    let mut axes: Vec<usize> = reduce.axes.iter().map(|&axis| order.0[axis]).collect();
    axes.sort_unstable();
    let is_of_images = axes == [1, 2] && order.0.len() == 3;
    match reduce.reduction {
        Reduction::Mean if is_of_images => Op::GlobalAveragePool(GlobalAveragePool),
        reduction => Op::Reduce(Reduce { reduction, axes }),
    }
}

/// Moves a transposition behind a point-wise operation. All other operands must have the same one, be constants, or have
/// no values that it would move.
fn point_wise(draft: &Draft, node: &Node) -> Outcome {
    let inputs = || node.inputs().iter().copied().flatten();
    let result = draft.value(node.result()).ty();
    let found = inputs().find_map(|input| {
        let (order, source) = transposed(draft, input)?;
        (order.0.len() == result.extents().len()).then_some((order, source))
    });
    let Some((order, _)) = found else {
        return Outcome::NoMatch;
    };
    let mut inserted = Vec::new();
    let mut sources = Vec::with_capacity(node.inputs().len());
    for input in inputs() {
        match operand(draft, &order, input, &mut inserted) {
            Some(source) => sources.push(Some(source)),
            None => {
                let name = draft.value(input).name();
                return Outcome::Refused(format!("{name} is not transposed in the same way"));
            }
        }
    }
    inserted.push(Insertion::new(node.name(), node.op().clone(), sources));
    let last = Source::Inserted(inserted.len() - 1);
    Outcome::replace_and_insert(inserted, order.of(node.name(), last))
}

/// Returns `value` before the transposition by `order`. May insert nodes.
fn operand(
    draft: &Draft,
    order: &Order,
    value: ValueId,
    inserted: &mut Vec<Insertion>,
) -> Option<Source> {
    let ty = draft.value(value).ty();
    let mut insert = |op: Op, source: Source| {
        let name = format!("{}.{}", draft.value(value).name(), op.kind());
        inserted.push(Insertion::new(name, op, vec![Some(source)]));
        Source::Inserted(inserted.len() - 1)
    };
    let reshape = |extents: &[usize]| {
        let dims = Dims::new(extents).ok()?;
        Some(Op::Reshape(Reshape { dims }))
    };
    let back = order.inverse();
    if draft.value(value).is_constant() {
        if ty.count() == 1 {
            return Some(value.into());
        }
        if !draft.graph().can_be_computed(&[Some(value)], STEPS) {
            return None;
        }
        let extents = aligned(ty.dims(), order.0.len())?;
        let before = back.after(&extents);
        if back.moves_nothing(&extents) {
            return Some(insert(reshape(&before)?, value.into()));
        }
        let whole = match ty.dims()[..] == extents[..] {
            true => value.into(),
            false => insert(reshape(&extents)?, value.into()),
        };
        return Some(insert(Op::Transpose(Transpose { axes: back.0 }), whole));
    }
    let (own, source) = transposed(draft, value).unwrap_or((Order::identity(order.0.len()), value));
    let extents = draft.value(source).ty().extents();
    if own.0.len() != order.0.len() || extents.len() != order.0.len() {
        return None;
    }
    let rest = own.then(&back);
    let before = rest.after(extents);
    match rest.moves_nothing(extents) {
        true if before == extents => Some(source.into()),
        true => Some(insert(reshape(&before)?, source.into())),
        false => None,
    }
}
