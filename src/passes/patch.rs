//! The types of a pass, its outcome and its patch.

use crate::graph::{Activation, Draft, Insertion, NodeId, Pointwise, ValueId};

/// A named rewrite.
#[derive(Debug)]
pub(super) struct Pass {
    pub(super) name: &'static str,
    /// Returns the outcome of the pass for one node of a draft.
    pub(super) look: fn(&Draft, NodeId) -> Outcome,
}

/// The outcome of a pass for one node.
pub(super) enum Outcome {
    /// The pass does not concern this node.
    NoMatch,
    /// The pass concerns this node, but the rewrite would change the result or make the network slower. Holds the
    /// reason.
    Refused(String),
    /// The rewrite applies.
    Patch(Patch),
}

/// A change at one node. A pass describes it, and the driver applies it.
pub(super) enum Patch {
    /// Another node computes the results. Earlier nodes that nothing reads any more are removed.
    Replace {
        /// New nodes before it, in topological order.
        inserted: Vec<Insertion>,
        /// The node that replaces it.
        node: Box<Insertion>,
    },
    /// Readers of the node's only result read this earlier value instead.
    Bypass(ValueId),
}

impl Outcome {
    /// Replaces the node by `node`.
    pub(super) fn replace(node: Insertion) -> Self {
        Self::replace_and_insert(Vec::new(), node)
    }

    /// Replaces the node by `node`, and inserts `inserted` before it.
    pub(super) fn replace_and_insert(inserted: Vec<Insertion>, node: Insertion) -> Self {
        Outcome::Patch(Patch::Replace {
            inserted,
            node: Box::new(node),
        })
    }

    /// Removes the node; its readers read `source`.
    pub(super) fn bypass(source: ValueId) -> Self {
        Outcome::Patch(Patch::Bypass(source))
    }
}

/// Returns the reason why the node that computes `value` cannot be fused with a reader: the value is an output or
/// has other readers. Returns `None` if it can.
pub(super) fn needed_elsewhere(draft: &Draft, value: ValueId) -> Option<String> {
    let name = draft.value(value).name();
    match draft.readers(value).len() {
        _ if draft.is_output(value) => Some(format!("{name} is an output")),
        0 | 1 => None,
        readers => Some(format!("{name} is read {readers} times")),
    }
}

/// Describes an expression for messages: the name of the activation that equals it, or its formula.
pub(super) fn described(expression: &Pointwise) -> String {
    match Activation::of(expression) {
        Some(activation) => activation.to_string(),
        None => expression.to_string(),
    }
}
