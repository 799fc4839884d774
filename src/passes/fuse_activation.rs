//! Lets the operation that computes a result apply the activation behind it, before the result is stored.
//! An activation that changes nothing is skipped.

use super::patch::{Outcome, needed_elsewhere};
use crate::graph::{Activation, Draft, NodeId, Op};

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let (&Op::Activation(activation), &[source]) = (&node.op, node.inputs.as_slice()) else {
        return Outcome::NoMatch;
    };
    if activation == Activation::Identity {
        return Outcome::bypass(source);
    }
    let producer = draft.node(source);
    let mut op = producer.op.clone();
    let Some(place) = op.activation_mut() else {
        let reason = format!(
            "{} is {}, which applies none",
            producer.name,
            producer.op.kind()
        );
        return Outcome::Refused(reason);
    };
    if *place != Activation::Identity {
        return Outcome::Refused(format!("{} applies {place} already", producer.name));
    }
    if let Some(reason) = needed_elsewhere(draft, source) {
        return Outcome::Refused(reason);
    }
    *place = activation;
    Outcome::replace(&producer.name, op, producer.inputs.clone())
}
