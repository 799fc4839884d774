//! Fuses a flattening into the linear layer that reads it, which then reads the image directly. Row `o` of its
//! matrix, in channel, row, column order, is a filter of the image's size. The image keeps its layout, and the
//! flattened copy needs no memory.

use super::patch::{Outcome, described};
use crate::graph::{Draft, Insertion, Linear, NodeId, Op, Source};

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let (Op::Linear(_), Some(flat)) = (node.op(), node.input()) else {
        return Outcome::NoMatch;
    };
    let Some((_, flatten)) = draft.producer(flat) else {
        return Outcome::NoMatch;
    };
    let (Op::Flatten(_), Some(image)) = (flatten.op(), flatten.input()) else {
        return Outcome::NoMatch;
    };
    if !node.pre().is_identity() {
        let reason = format!(
            "{} is applied to each of its features",
            described(node.pre())
        );
        return Outcome::Refused(reason);
    }
    let mut linear = Insertion::like(node);
    linear.op = Op::Linear(Linear { flattens: true });
    linear.inputs[0] = Some(Source::Value(image));
    Outcome::replace(linear)
}
