//! Replaces a point-wise expression that computes an activation, in whatever form, by the activation. Expressions that
//! compute the same then need one pipeline, and an expression that would overflow becomes one that does not.

use super::patch::Outcome;
use crate::graph::{Activation, Draft, Insertion, NodeId, Op};

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let (Op::Pointwise(expression), &[Some(source)]) = (node.op(), node.inputs()) else {
        return Outcome::NoMatch;
    };
    match Activation::equal_to(expression) {
        Some(activation) => Outcome::replace(Insertion::new(
            node.name(),
            Op::Activation(activation),
            vec![Some(source.into())],
        )),
        None => Outcome::NoMatch,
    }
}
