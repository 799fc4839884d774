//! What the passes did, and what they left alone.

use std::fmt;

/// The record of an [`optimize_with_report`](super::optimize_with_report).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The network.
    pub network: String,
    /// Number of nodes that came in.
    pub nodes_before: usize,
    /// Number of nodes that went out.
    pub nodes_after: usize,
    /// Whether the allowed number of patches was used up; more may have been possible.
    pub reached_limit: bool,
    /// The patches, in the order in which they were applied.
    pub applied: Vec<Applied>,
    /// The places that were left alone, as they stood in the end.
    pub refusals: Vec<Refusal>,
}

/// A patch that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Name of the pass.
    pub pass: &'static str,
    /// Name of the node, as it was before.
    pub node: String,
    /// What happened to it.
    pub change: String,
}

/// A place that a pass is about but left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Name of the pass.
    pub pass: &'static str,
    /// Name of the node.
    pub node: String,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} nodes -> {} nodes, {} patches{}, {} refusals",
            self.network,
            self.nodes_before,
            self.nodes_after,
            self.applied.len(),
            if self.reached_limit { " (limit)" } else { "" },
            self.refusals.len()
        )?;
        for applied in &self.applied {
            writeln!(f, "  {applied}")?;
        }
        for refusal in &self.refusals {
            writeln!(f, "  {refusal}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pass, node, change } = self;
        write!(f, "{pass}: {node}: {change}")
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pass, node, reason } = self;
        write!(f, "{pass}: {node}: not done: {reason}")
    }
}
