//! Lets a convolution add the other side of a sum, before the result is stored. Where both sides are
//! such convolutions, the later one does it: the earlier one's result is there by then.

use super::patch::{Outcome, needed_elsewhere};
use crate::graph::{Activation, Conv2d, Draft, NodeId, Op};

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let (Op::Add(add), &[a, b]) = (&node.op, node.inputs.as_slice()) else {
        return Outcome::NoMatch;
    };
    let sides = if a > b {
        [(a, b), (b, a)]
    } else {
        [(b, a), (a, b)]
    };
    let mut reasons = Vec::new();
    for (side, residual) in sides {
        let producer = draft.node(side);
        match can_add(draft, side) {
            Ok((conv, input)) => {
                let op = Op::Conv2d(Conv2d {
                    activation: add.activation,
                    ..conv
                });
                return Outcome::replace(&producer.name, op, vec![input, residual]);
            }
            Err(reason) => reasons.push(reason),
        }
    }
    Outcome::Refused(reasons.join("; "))
}

/// The convolution at `side` and its input, or why it cannot add anything.
fn can_add(draft: &Draft, side: NodeId) -> Result<(Conv2d, NodeId), String> {
    let producer = draft.node(side);
    let name = &producer.name;
    let Op::Conv2d(conv) = producer.op else {
        return Err(format!("{name} is no conv2d but {}", producer.op.kind()));
    };
    let &[input] = producer.inputs.as_slice() else {
        return Err(format!("{name} adds a residual already"));
    };
    if conv.activation != Activation::Identity {
        return Err(format!("{name} applies {} before it", conv.activation));
    }
    match needed_elsewhere(draft, side) {
        Some(reason) => Err(reason),
        None => Ok((conv, input)),
    }
}
