//! What a pass is, and what it can answer.

use crate::graph::{Activation, Draft, Insertion, NodeId, Pointwise, ValueId};

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
    /// The node's results are computed otherwise. What it no longer reads goes away by itself, where nobody else
    /// reads it.
    Replace {
        /// Nodes that are put in front of it, in an order in which they can be computed.
        inserted: Vec<Insertion>,
        /// The node itself.
        node: Box<Insertion>,
    },
    /// Readers of the node's only result read this earlier value instead.
    Bypass(ValueId),
}

impl Outcome {
    /// The node is computed as `node`.
    pub(super) fn replace(node: Insertion) -> Self {
        Self::replace_behind(Vec::new(), node)
    }

    /// The node is computed as `node`, with `inserted` in front of it.
    pub(super) fn replace_behind(inserted: Vec<Insertion>, node: Insertion) -> Self {
        Outcome::Patch(Patch::Replace {
            inserted,
            node: Box::new(node),
        })
    }

    /// The node is skipped.
    pub(super) fn bypass(source: ValueId) -> Self {
        Outcome::Patch(Patch::Bypass(source))
    }
}

/// Why the work of what makes `value` cannot move into its reader: the value is needed elsewhere too.
pub(super) fn needed_elsewhere(draft: &Draft, value: ValueId) -> Option<String> {
    let name = draft.value(value).name();
    match draft.readers(value).len() {
        _ if draft.is_output(value) => Some(format!("{name} is an output")),
        0 | 1 => None,
        readers => Some(format!("{name} is read {readers} times")),
    }
}

/// What is computed around an operation as people call it: an activation, where it is one, or a formula.
pub(super) fn called(expression: &Pointwise) -> String {
    match Activation::of(expression) {
        Some(activation) => activation.to_string(),
        None => expression.to_string(),
    }
}
