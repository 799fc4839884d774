//! Fuses a sum into the convolution or group normalisation that computes one of its operands. This layer adds the other
//! operand, the residual, before its result is stored. If both operands are results of such layers, the later layer adds,
//! because the earlier result is available by then.
//!
//! If the second operand is scaled, only the layer that computes it can add. The scale goes into its weight and bias:
//! `a + s (conv(x, w) + b) = conv(x, s w) + s b + a`.

use super::patch::{Outcome, described, needed_elsewhere};
use crate::graph::{
    Add, Draft, Insertion, MAX_STEPS, MOST_OPERANDS, Node, NodeId, Op, Pointwise, Source, ValueId,
};

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let (Op::Add(add), &[Some(a), Some(b)]) = (node.op(), node.inputs()) else {
        return Outcome::NoMatch;
    };
    let sides = match draft.is_before(b, a) {
        true => [(a, b), (b, a)],
        false => [(b, a), (a, b)],
    };
    if node.operands().len() >= MOST_OPERANDS || node.post().steps().len() + 2 > MAX_STEPS {
        return Outcome::Refused(format!("{} computes too much after the sum", node.name()));
    }
    let mut reasons = Vec::new();
    for (side, residual) in sides {
        let found = can_add(draft, side).and_then(|layer| {
            let parameters = &layer.inputs()[1..];
            let mut all = parameters.iter();
            if add.is_scaled() && !all.all(|&one| draft.graph().can_be_computed(&[one], 1)) {
                let name = layer.name();
                return Err(format!(
                    "{name} has parameters that are not constant or take too many steps to compute"
                ));
            }
            if add.is_scaled() && side == a {
                let other = draft.value(b).name();
                return Err(format!("{other}, the other operand, is scaled"));
            }
            Ok(layer)
        });
        match found {
            Ok(layer) => return fused(node, add, layer, residual),
            Err(reason) => reasons.push(reason),
        }
    }
    Outcome::Refused(reasons.join("; "))
}

/// Returns the layer that computes `side`, or the reason why it cannot add a residual.
fn can_add(draft: &Draft, side: ValueId) -> Result<&Node, String> {
    let name = draft.value(side).name();
    let layer = match draft.producer(side) {
        Some((_, producer)) if matches!(producer.op(), Op::Conv2d(_) | Op::GroupNorm(_)) => {
            producer
        }
        Some((_, producer)) => {
            return Err(format!(
                "{name} is {}, not conv2d or group_norm",
                producer.op().kind()
            ));
        }
        None => return Err(format!("{name} is input, not conv2d or group_norm")),
    };
    if !layer.operands().is_empty() {
        return Err(format!("{name} adds a residual already"));
    }
    if !layer.post().is_identity() {
        return Err(format!(
            "{name} applies {} before it",
            described(layer.post())
        ));
    }
    match needed_elsewhere(draft, side) {
        Some(reason) => Err(reason),
        None => Ok(layer),
    }
}

/// Returns `layer` with the sum `node` fused into it. It adds `residual`.
fn fused(node: &Node, add: &Add, layer: &Node, residual: ValueId) -> Outcome {
    let mut fused = Insertion::like(layer);
    let sum = Pointwise::identity().plus(&Pointwise::operand(1));
    fused.post = sum.then(node.post());
    fused.operands = vec![Source::Value(residual)];
    let further = node.operands().iter().copied();
    fused.operands.extend(further.map(Source::Value));
    fused.operands.truncate(fused.post.operands().max(1) - 1);
    let mut inserted = Vec::new();
    if add.is_scaled() {
        let scaled = Pointwise::identity().times(&Pointwise::constant(add.scale.0));
        for (input, part) in fused.inputs[1..].iter_mut().zip(["weight", "bias"]) {
            if input.is_some() {
                let name = format!("{}.{part}.scaled", layer.name());
                let of = vec![*input];
                inserted.push(Insertion::new(name, Op::Pointwise(scaled.clone()), of));
                *input = Some(Source::Inserted(inserted.len() - 1));
            }
        }
    }
    Outcome::replace_and_insert(inserted, fused)
}
