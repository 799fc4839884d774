//! The driver: shows every node to every pass and carries out the patches.

use super::patch::{Outcome, Pass, Patch};
use super::report::{Applied, Refusal, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Draft, Graph, NodeId};

/// Runs `passes` over `graph`, stopping after `limit` patches.
pub(super) fn run(
    graph: &Graph,
    passes: &[&Pass],
    limit: Option<usize>,
) -> Result<(Graph, Report)> {
    let mut sweep = Sweep {
        draft: Draft::new(graph.clone()),
        applied: Vec::new(),
        limit: limit.unwrap_or(usize::MAX),
        // A patch settles a node, or lets it read something earlier: each node has less than as many
        // patches to go as there are nodes before it.
        most_patches: graph.nodes().len().pow(2),
    };
    let mut refusals = vec![Vec::new(); passes.len()];
    let mut turn = 0;
    while turn < passes.len() && !sweep.has_reached_limit() {
        let before = sweep.applied.len();
        refusals[turn] = sweep.over_all_nodes(passes[turn])?;
        let changed = sweep.applied.len() > before;
        turn = if changed { 0 } else { turn + 1 };
    }
    let reached_limit = sweep.has_reached_limit();
    let optimized = sweep.draft.finish();
    let report = Report {
        network: graph.name().into(),
        nodes_before: graph.computed().count(),
        nodes_after: optimized.computed().count(),
        reached_limit,
        applied: sweep.applied,
        refusals: refusals.concat(),
    };
    Ok((optimized, report))
}

struct Sweep {
    draft: Draft,
    applied: Vec<Applied>,
    limit: usize,
    most_patches: usize,
}

impl Sweep {
    fn has_reached_limit(&self) -> bool {
        self.applied.len() >= self.limit
    }

    /// Shows each node to `pass` once; what it refused comes back.
    fn over_all_nodes(&mut self, pass: &Pass) -> Result<Vec<Refusal>> {
        let mut refusals = Vec::new();
        for id in self.draft.order() {
            let result = self.draft.node(id).result();
            // Constants are computed once, and by nothing that a pass could better.
            if !self.draft.is_alive(id) || self.draft.value(result).is_constant() {
                continue;
            }
            match (pass.look)(&self.draft, id) {
                Outcome::NoMatch => {}
                Outcome::Refused(reason) => refusals.push(Refusal {
                    pass: pass.name,
                    node: self.draft.node(id).name().to_owned(),
                    reason,
                }),
                Outcome::Patch(patch) => {
                    let node = self.draft.node(id).name().to_owned();
                    self.apply(pass, id, patch).map_err(|error| {
                        error.in_context(format!("pass {}, node {node}", pass.name))
                    })?;
                    if self.has_reached_limit() {
                        break;
                    }
                }
            }
        }
        Ok(refusals)
    }

    fn apply(&mut self, pass: &Pass, id: NodeId, patch: Patch) -> Result<()> {
        if self.applied.len() >= self.most_patches {
            return Err(Error::new(
                ErrorKind::Shape,
                format!("not at rest after {} patches", self.applied.len()),
            ));
        }
        let before = self.draft.node(id);
        let node = before.name().to_owned();
        let (kind, result) = (before.op().kind(), before.result());
        let change = match patch {
            Patch::Replace { inserted, node } => {
                self.draft.replace(id, inserted, *node)?;
                let after = self.draft.node(id).name();
                format!(
                    "{kind} becomes {after} {}",
                    self.draft.graph().described(id)
                )
            }
            Patch::Bypass(source) => {
                self.draft.bypass(result, source)?;
                format!("{kind} is skipped")
            }
        };
        self.applied.push(Applied {
            pass: pass.name,
            node,
            change,
        });
        Ok(())
    }
}
