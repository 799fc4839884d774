//! Fuses a point-wise operation into the point-wise operation that reads its result. Both become one expression, and the
//! result between them needs no memory.
//!
//! Sums stay sums if the other operand would be another tensor, because `fuse_residual` fuses them.

use super::expression::Expression;
use super::patch::Outcome;
use crate::graph::{Draft, Insertion, MAX_STEPS, MOST_OPERANDS, NodeId, Op, ValueId};

/// The most tensors that one dispatch reads for an expression: the one that its kernel reads, and further operands.
const MOST_READS: usize = MOST_OPERANDS + 1;

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let Some(expression) = Expression::of(node) else {
        return Outcome::NoMatch;
    };
    let mut reasons = Vec::new();
    for &operand in &expression.reads {
        let Some((_, producer)) = draft.producer(operand) else {
            continue;
        };
        let Some(inner) = Expression::of(producer).filter(|_| !draft.value(operand).is_constant())
        else {
            continue;
        };
        if let Some(reason) = refusal(draft, id, operand) {
            reasons.push(reason);
            continue;
        }
        let fused = expression.with(operand, &inner);
        let (name, reads, steps) = (node.name(), fused.reads.len(), fused.formula.steps().len());
        if matches!(node.op(), Op::Add(_)) && reads > expression.reads.len() {
            reasons.push(format!("{name} would be no sum of two tensors"));
        } else if reads > MOST_READS {
            reasons.push(format!(
                "{name} would read {reads} tensors, more than {MOST_READS}"
            ));
        } else if steps > MAX_STEPS {
            reasons.push(format!(
                "{name} would compute {steps} steps, more than {MAX_STEPS}"
            ));
        } else {
            let inputs = fused.reads.iter().map(|&read| Some(read.into()));
            let op = Op::Pointwise(fused.formula);
            return Outcome::replace(Insertion::new(name, op, inputs.collect()));
        }
    }
    match reasons.is_empty() {
        true => Outcome::NoMatch,
        false => Outcome::Refused(reasons.join("; ")),
    }
}

/// Returns the reason why the node `id` cannot compute its operand `operand`, or `None` if it can.
fn refusal(draft: &Draft, id: NodeId, operand: ValueId) -> Option<String> {
    let name = draft.value(operand).name();
    let result = draft.value(draft.node(id).result()).ty();
    if draft.is_output(operand) {
        return Some(format!("{name} is an output"));
    }
    if draft.readers(operand).iter().any(|&reader| reader != id) {
        return Some(format!("{name} has other readers"));
    }
    let is_repeated = draft.value(operand).ty() != result;
    is_repeated.then(|| format!("{name} is repeated in {result}"))
}
