//! Fuses an activation into the operation that computes its input, which applies it before the result is stored.
//! Removes an identity activation.

use super::patch::{Outcome, described, needed_elsewhere};
use crate::graph::{Activation, Draft, Insertion, NodeId, Op};

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let (&Op::Activation(activation), Some(source)) = (node.op(), node.input()) else {
        return Outcome::NoMatch;
    };
    if activation == Activation::Identity {
        return Outcome::bypass(source);
    }
    let name = draft.value(source).name();
    let Some((_, producer)) = draft.producer(source) else {
        return Outcome::Refused(format!("{name} is an input of the network"));
    };
    let kind = producer.op().kind();
    if !producer.op().supports_post() {
        return Outcome::Refused(format!(
            "{name} is {kind}, which supports no activation after it"
        ));
    }
    let before = producer.post().without_residual();
    if !before.is_identity() {
        return Outcome::Refused(format!("{name} applies {} already", described(&before)));
    }
    if let Some(reason) = needed_elsewhere(draft, source) {
        return Outcome::Refused(reason);
    }
    let mut fused = Insertion::like(producer);
    fused.post = producer.post().then(&activation.expression());
    Outcome::replace(fused)
}
