//! Removes dropout, which is the identity outside training.

use super::patch::Outcome;
use crate::graph::{Draft, NodeId, Op};

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    match (node.op(), node.input()) {
        (Op::Dropout(_), Some(source)) => Outcome::bypass(source),
        _ => Outcome::NoMatch,
    }
}
