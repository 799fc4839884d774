//! Fuses a point-wise expression, such as a parametric ReLU, a gate or a scaled sum, into the operation that
//! computes one of its operands. That operation computes the expression before its result is stored.
//!
//! `fuse_residual` fuses sums, because kernels take a residual and a clamp as data. Behind any other expression a sum is
//! fused here, because the expression needs a pipeline of its own anyway.

use super::patch::{Outcome, needed_elsewhere};
use crate::graph::{Draft, Insertion, MAX_STEPS, MOST_OPERANDS, Node, NodeId, Op, Source, ValueId};

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let inputs = || node.inputs().iter().copied().flatten();
    match node.op() {
        Op::PRelu(_) | Op::Pointwise(_) => {}
        Op::Add(_) if inputs().any(|input| follows_expression(draft, input)) => {}
        _ => return Outcome::NoMatch,
    }
    let mut reasons = Vec::new();
    for (index, input) in node.inputs().iter().enumerate() {
        let Some(input) = *input else { continue };
        let is_sum = matches!(node.op(), Op::Add(_));
        if draft.value(input).is_constant() || is_sum && !follows_expression(draft, input) {
            continue;
        }
        match can_compute(draft, node, input).map(|producer| fused(node, index, producer)) {
            Ok(fused) if fused.operands.len() > MOST_OPERANDS => reasons.push(format!(
                "{} would read {} tensors after it, more than {MOST_OPERANDS}",
                fused.name,
                fused.operands.len()
            )),
            Ok(fused) if fused.post.steps().len() > MAX_STEPS => reasons.push(format!(
                "{} would compute {} steps after it, more than {MAX_STEPS}",
                fused.name,
                fused.post.steps().len()
            )),
            Ok(fused) => return Outcome::replace(fused),
            Err(reason) => reasons.push(reason),
        }
    }
    match reasons.is_empty() {
        true => Outcome::NoMatch,
        false => Outcome::Refused(reasons.join("; ")),
    }
}

/// Whether `value` is the result of an expression behind an operation that is more than a residual and a clamp.
fn follows_expression(draft: &Draft, value: ValueId) -> bool {
    let producer = draft.producer(value);
    producer.is_some_and(|(_, producer)| producer.post().as_epilogue().is_none())
}

/// Returns the node that computes the operand `side`, or the reason why it cannot compute the expression `node`.
fn can_compute<'a>(draft: &'a Draft, node: &Node, side: ValueId) -> Result<&'a Node, String> {
    let name = draft.value(side).name();
    let Some((_, producer)) = draft.producer(side) else {
        return Err(format!("{name} is an input of the network"));
    };
    if !producer.op().supports_post() {
        let kind = producer.op().kind();
        return Err(format!(
            "{name} is {kind}, which supports no expression after it"
        ));
    }
    let result = draft.value(node.result()).ty();
    if draft.value(side).ty() != result {
        return Err(format!("{name} is repeated in {result}"));
    }
    let others = node
        .inputs()
        .iter()
        .flatten()
        .filter(|&&other| other != side);
    for &other in others {
        let reads_it = producer.reads().any(|read| read == other);
        let other = draft.value(other);
        if other.ty().repetition_in(result).is_none() {
            return Err(format!("{} is read in another order", other.name()));
        }
        // A dispatch cannot bind one tensor twice. A copy would take as long as the sum.
        if reads_it && matches!(node.op(), Op::Add(_)) {
            return Err(format!("{name} is computed from {} as well", other.name()));
        }
    }
    match needed_elsewhere(draft, side) {
        Some(reason) => Err(reason),
        None => Ok(producer),
    }
}

/// Returns the `producer` of operand `index`, with the expression `node` fused into it.
fn fused(node: &Node, index: usize, producer: &Node) -> Insertion {
    let mut fused = Insertion::like(producer);
    // Operand `index`, which the producer computes, becomes operand 0.
    let swapped = |operand: usize| match operand {
        0 => index,
        operand if operand == index => 0,
        operand => operand,
    };
    if let Some(expression) = node.op().as_pointwise() {
        // The operands of the expression follow those of the producer's own expression.
        fused
            .operands
            .truncate(producer.post().operands().max(1) - 1);
        let behind = producer.post().then(&expression.renumbered(swapped));
        fused.post = behind.then(node.post());
    }
    let others = (1..node.inputs().len()).map(|operand| node.inputs()[swapped(operand)]);
    let further = node.operands().iter().copied();
    let all = others.flatten().chain(further);
    fused.operands.extend(all.map(Source::Value));
    // Operands that the fused expression does not use are not read.
    fused.operands.truncate(fused.post.operands().max(1) - 1);
    fused
}
