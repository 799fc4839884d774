//! Skips the flattening of what is a vector already, as behind a global pooling.

use super::patch::Outcome;
use crate::graph::{Draft, NodeId, Op};

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    match (&node.op, node.inputs.as_slice()) {
        (Op::Flatten(_), &[source]) if draft.node(source).shape.is_vector() => {
            Outcome::bypass(source)
        }
        _ => Outcome::NoMatch,
    }
}
