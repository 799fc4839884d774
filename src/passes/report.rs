//! The report of what the passes did and refused.

use std::fmt;

/// The report of [`optimize_with_report`](super::optimize_with_report).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The network's name.
    pub network: String,
    /// Number of computed nodes before the passes.
    pub nodes_before: usize,
    /// Number of computed nodes after the passes.
    pub nodes_after: usize,
    /// Whether the limit of patches was reached. More patches may be possible then.
    pub reached_limit: bool,
    /// The patches, in the order in which they were applied.
    pub applied: Vec<Applied>,
    /// The refused matches that were left in the end.
    pub refusals: Vec<Refusal>,
}

/// An applied patch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// The name of the pass.
    pub pass: &'static str,
    /// The name of the node before the patch.
    pub node: String,
    /// What the patch changed.
    pub change: String,
}

/// A node that a pass concerns but does not change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The name of the pass.
    pub pass: &'static str,
    /// The name of the node.
    pub node: String,
    /// The reason.
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
