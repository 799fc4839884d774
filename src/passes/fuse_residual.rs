//! Lets a convolution add the other side of a sum, before the result is stored. Where both sides are
//! such convolutions, the later one does it: the earlier one's result is there by then.
//!
//! Where the second side is scaled, only a convolution on that side can do it, with the scale in its
//! weight and bias: `a + s (conv(x, w) + b) = conv(x, s w) + s b + a`.

use super::patch::{Outcome, Patch, Replacement, needed_elsewhere};
use crate::graph::{
    Activation, Add, Conv2d, Derivation, Draft, NodeId, Op, Parameter, ParameterId,
};

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
        let found = can_add(draft, side).and_then(|found| {
            if add.is_scaled() && side == a {
                let other = &draft.node(b).name;
                return Err(format!("{other}, the other side, is scaled"));
            }
            Ok(found)
        });
        match found {
            Ok((conv, input)) => return fused(draft, side, add, conv, vec![input, residual]),
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

/// The sum, computed by `conv` at `side` from `inputs`.
fn fused(draft: &Draft, side: NodeId, add: &Add, conv: Conv2d, inputs: Vec<NodeId>) -> Outcome {
    let name = draft.node(side).name.clone();
    let mut conv = Conv2d {
        activation: add.activation,
        ..conv
    };
    let mut parameters = Vec::new();
    if add.is_scaled() {
        let mut scaled = |part: &str, of: ParameterId| {
            let id = draft.next_parameter(parameters.len());
            let stored = draft.graph().parameter(of);
            parameters.push(Parameter {
                name: format!("{name}.{part}.scaled"),
                shape: stored.shape.clone(),
                trainable: stored.trainable,
                derivation: Derivation::Scaled {
                    of,
                    factor: add.scale,
                },
            });
            id
        };
        conv.weight = scaled("weight", conv.weight);
        conv.bias = conv.bias.map(|bias| scaled("bias", bias));
    }
    Outcome::Patch(Patch::Replace(Box::new(Replacement {
        name,
        op: Op::Conv2d(conv),
        inputs,
        parameters,
    })))
}
