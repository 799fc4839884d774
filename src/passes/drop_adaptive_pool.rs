//! Skips the adaptive pooling of an image that has the size asked for: each cell is a pixel. So it is in
//! AlexNet and VGG at their usual input.

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
