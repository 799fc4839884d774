//! What a pass is, and what it can answer.

use crate::graph::{Draft, NodeId, Op, Parameter};

/// A rewrite with a name.
#[derive(Debug)]
pub(super) struct Pass {
    pub(super) name: &'static str,
    /// What the pass makes of one node of a draft.
    pub(super) look: fn(&Draft, NodeId) -> Outcome,
}

/// What a pass makes of a node.
pub(super) enum Outcome {
    /// Not the kind of place that the pass is about.
    NoMatch,
    /// The right kind of place, but the rewrite would not compute the same, or would not pay.
    Refused(String),
    /// To be done.
    Patch(Patch),
}

/// A change at one node. A pass describes it; only the driver carries it out.
pub(super) enum Patch {
    /// The node is computed otherwise.
    Replace(Box<Replacement>),
    /// Readers of the node read this earlier one instead.
    Bypass(NodeId),
}

/// Another way to compute a node's result. What it no longer reads goes away by itself, where nobody
/// else reads it.
pub(super) struct Replacement {
    pub(super) name: String,
    pub(super) op: Op,
    pub(super) inputs: Vec<NodeId>,
    /// Parameters that the draft does not have yet, in the order of [`Draft::next_parameter`].
    pub(super) parameters: Vec<Parameter>,
}

impl Outcome {
    /// The node becomes `op` under `name`, with no new parameters.
    pub(super) fn replace(name: &str, op: Op, inputs: Vec<NodeId>) -> Self {
        Outcome::Patch(Patch::Replace(Box::new(Replacement {
            name: name.into(),
            op,
            inputs,
            parameters: Vec::new(),
        })))
    }

    /// The node is skipped.
    pub(super) fn bypass(source: NodeId) -> Self {
        Outcome::Patch(Patch::Bypass(source))
    }
}

/// Why the work of `producer` cannot move into its reader: the result is needed elsewhere too.
pub(super) fn needed_elsewhere(draft: &Draft, producer: NodeId) -> Option<String> {
    match draft.readers(producer).len() {
        _ if draft.is_output(producer) => {
            Some(format!("{} is an output", draft.node(producer).name))
        }
        0 | 1 => None,
        readers => Some(format!(
            "{} is read {readers} times",
            draft.node(producer).name
        )),
    }
}
