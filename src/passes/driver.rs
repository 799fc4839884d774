//! The driver: calls each pass on each node and applies the patches.

use super::patch::{Outcome, Pass, Patch};
use super::report::{Applied, Refusal, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Draft, Graph, NodeId};

/// Applies `passes` to `graph` until none of them matches.
pub(super) fn run(graph: &Graph, passes: &[&Pass]) -> Result<Graph> {
    let mut driver = Driver::new(graph, None);
    driver.run_until_no_match(passes, None)?;
    Ok(driver.draft.finish())
}

/// Applies `passes` to `graph`, stops after `limit` patches, and reports what was done.
pub(super) fn run_with_report(
    graph: &Graph,
    passes: &[&Pass],
    limit: Option<usize>,
) -> Result<(Graph, Report)> {
    let mut driver = Driver::new(graph, limit);
    let mut log = Log::of(passes);
    driver.run_until_no_match(passes, Some(&mut log))?;
    let reached_limit = driver.has_reached_limit();
    let optimized = driver.draft.finish();
    let report = Report {
        network: graph.name().into(),
        nodes_before: graph.computed().count(),
        nodes_after: optimized.computed().count(),
        reached_limit,
        applied: log.applied,
        refusals: log.refusals.concat(),
    };
    Ok((optimized, report))
}

struct Driver {
    draft: Draft,
    /// Number of patches so far.
    applied: usize,
    limit: usize,
    most_patches: usize,
}

/// The lines of a report. Optional, because most callers need none and formatting the lines takes longer than the
/// passes.
struct Log {
    applied: Vec<Applied>,
    /// The refusals of each pass, the last time it ran.
    refusals: Vec<Vec<Refusal>>,
}

impl Log {
    fn of(passes: &[&Pass]) -> Self {
        Self {
            applied: Vec::new(),
            refusals: vec![Vec::new(); passes.len()],
        }
    }
}

impl Driver {
    fn new(graph: &Graph, limit: Option<usize>) -> Self {
        Self {
            draft: Draft::new(graph.clone()),
            applied: 0,
            limit: limit.unwrap_or(usize::MAX),
            // Each patch removes a match at a node, moves its input to an earlier node, or moves an operation behind it.
            // So the number of patches at a node is about the number of nodes.
            most_patches: (2 * graph.nodes().len()).pow(2),
        }
    }

    fn has_reached_limit(&self) -> bool {
        self.applied >= self.limit
    }

    /// Applies `passes` until none of them matches.
    fn run_until_no_match(&mut self, passes: &[&Pass], mut log: Option<&mut Log>) -> Result<()> {
        let mut index = 0;
        while index < passes.len() && !self.has_reached_limit() {
            let before = self.applied;
            if let Some(log) = &mut log {
                log.refusals[index].clear();
            }
            self.run_once(passes[index], index, log.as_deref_mut())?;
            index = if self.applied > before { 0 } else { index + 1 };
        }
        Ok(())
    }

    /// Calls `pass`, which is at `index` in the list, once on each node.
    fn run_once(&mut self, pass: &Pass, index: usize, mut log: Option<&mut Log>) -> Result<()> {
        for id in self.draft.order() {
            let result = self.draft.node(id).result();
            // Constants are computed once, before any run, so passes cannot improve them.
            if !self.draft.is_alive(id) || self.draft.value(result).is_constant() {
                continue;
            }
            match (pass.look)(&self.draft, id) {
                Outcome::NoMatch => {}
                Outcome::Refused(reason) => {
                    if let Some(log) = &mut log {
                        log.refusals[index].push(Refusal {
                            pass: pass.name,
                            node: self.draft.node(id).name().to_owned(),
                            reason,
                        });
                    }
                }
                Outcome::Patch(patch) => {
                    let before = log.as_ref().map(|_| Before::of(&self.draft, id, &patch));
                    self.apply(id, patch).map_err(|error| {
                        let node = self.draft.node(id).name();
                        error.in_context(format!("pass {}, node {node}", pass.name))
                    })?;
                    if let (Some(log), Some(before)) = (&mut log, before) {
                        log.applied.push(before.applied(pass, &self.draft, id));
                    }
                    if self.has_reached_limit() {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn apply(&mut self, id: NodeId, patch: Patch) -> Result<()> {
        if self.applied >= self.most_patches {
            return Err(Error::new(
                ErrorKind::Shape,
                format!(
                    "the passes do not converge: stopped after {} patches",
                    self.applied
                ),
            ));
        }
        match patch {
            Patch::Replace { inserted, node } => self.draft.replace(id, inserted, *node)?,
            Patch::Bypass(source) => self.draft.bypass(self.draft.node(id).result(), source)?,
        }
        self.applied += 1;
        Ok(())
    }
}

/// A node before a patch, for the report.
struct Before {
    node: String,
    kind: &'static str,
    is_skipped: bool,
}

impl Before {
    fn of(draft: &Draft, id: NodeId, patch: &Patch) -> Self {
        let node = draft.node(id);
        Self {
            node: node.name().to_owned(),
            kind: node.op().kind(),
            is_skipped: matches!(patch, Patch::Bypass(_)),
        }
    }

    fn applied(self, pass: &Pass, draft: &Draft, id: NodeId) -> Applied {
        let Self {
            node,
            kind,
            is_skipped,
        } = self;
        let change = match is_skipped {
            true => format!("{kind} is skipped"),
            false => {
                let after = draft.node(id).name();
                format!("{kind} becomes {after} {}", draft.graph().described(id))
            }
        };
        Applied {
            pass: pass.name,
            node,
            change,
        }
    }
}
