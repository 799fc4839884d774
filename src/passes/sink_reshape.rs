//! Moves a reshaping that only adds or removes axes of one value behind the point-wise operation that reads it. A product
//! of a matrix and tokens is a convolution of an image with one row, so its bias and its activation are behind such a
//! reshaping.

use super::axes::aligned;
use super::patch::Outcome;
use crate::graph::{Draft, Insertion, NodeId, Op, Reshape, Source, ValueId};
use crate::tensor::Dims;

/// The most steps that reshaping a constant adds.
const STEPS: usize = 1;

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let is_point_wise = matches!(
        node.op(),
        Op::Activation(_) | Op::PRelu(_) | Op::Pointwise(_) | Op::Add(_)
    );
    if !is_point_wise || !node.post().is_identity() {
        return Outcome::NoMatch;
    }
    let inputs = || node.inputs().iter().copied().flatten();
    let result = draft.value(node.result()).ty();
    let Some(from) = inputs().find_map(|input| {
        let source = reshaped(draft, input)?;
        let is_whole = draft.value(input).ty() == result;
        is_whole.then(|| draft.value(source).ty())
    }) else {
        return Outcome::NoMatch;
    };
    let mut inserted = Vec::new();
    let mut sources = Vec::with_capacity(node.inputs().len());
    for input in inputs() {
        let value = draft.value(input);
        let same = reshaped(draft, input).filter(|&source| draft.value(source).ty() == from);
        let source = match same {
            Some(source) => source.into(),
            None if !value.is_constant() => return Outcome::NoMatch,
            None if value.ty().dims().rank() == 0 => input.into(),
            None => {
                let before = aligned(value.ty().dims(), result.extents().len())
                    .and_then(|extents| before(&extents, result.extents(), from.extents()));
                let Some(dims) =
                    before.filter(|_| draft.graph().can_be_computed(&[Some(input)], STEPS))
                else {
                    return Outcome::NoMatch;
                };
                let op = Op::Reshape(Reshape { dims });
                inserted.push(Insertion::new(value.name(), op, vec![Some(input.into())]));
                Source::Inserted(inserted.len() - 1)
            }
        };
        sources.push(Some(source));
    }
    let Ok(dims) = Dims::new(result.extents()) else {
        return Outcome::NoMatch;
    };
    inserted.push(Insertion::new(node.name(), node.op().clone(), sources));
    let last = Some(Source::Inserted(inserted.len() - 1));
    let op = Op::Reshape(Reshape { dims });
    Outcome::replace_and_insert(inserted, Insertion::new(node.name(), op, vec![last]))
}

/// Returns what `value` is a reshaping of, if it only adds or removes axes of one value.
fn reshaped(draft: &Draft, value: ValueId) -> Option<ValueId> {
    let (_, producer) = draft.producer(value)?;
    let source = producer
        .input()
        .filter(|_| matches!(producer.op(), Op::Reshape(_)))?;
    let (from, to) = (draft.value(source).ty(), draft.value(value).ty());
    let wide = |extents: &[usize]| -> Vec<usize> {
        extents
            .iter()
            .copied()
            .filter(|&extent| extent > 1)
            .collect()
    };
    let is_same = !draft.value(source).is_constant() && wide(from.extents()) == wide(to.extents());
    is_same.then_some(source)
}

/// Returns the extents, before the reshaping of `from` to `to`, of a constant that has `extents` behind it.
fn before(extents: &[usize], to: &[usize], from: &[usize]) -> Option<Dims> {
    let mut own = extents.iter().zip(to).filter(|&(_, &wide)| wide > 1);
    let before = from.iter().map(|&wide| match wide > 1 {
        true => own.next().map_or(1, |(&extent, _)| extent),
        false => 1,
    });
    Dims::new(&before.collect::<Vec<usize>>()).ok()
}
