//! Removes an adaptive pooling whose output has the size of its input, so that each cell is one pixel. AlexNet and
//! VGG have one at their usual input size.

use super::patch::Outcome;
use crate::graph::{Draft, NodeId, Op};

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    match (node.op(), node.input()) {
        (Op::AdaptiveAveragePool(_), Some(source))
            if draft.value(source).ty() == draft.value(node.result()).ty() =>
        {
            Outcome::bypass(source)
        }
        _ => Outcome::NoMatch,
    }
}
