//! Nodes that are computed in several steps, or several nodes that are computed in one, where this is faster on the device.
//!
//! The times are those for one image, so that programs for all batches have the same parameters, and sessions can share them.

use std::borrow::Cow;

use super::Planning;
use super::choice::{self, Choice, Reason};
use crate::device::DeviceProfile;
use crate::error::Result;
use crate::graph::{Draft, Graph, NodeId};
use crate::kernels::Site;

/// Divides those of `nodes` into steps, by `divide`, whose steps together are predicted to be faster than the node, or that no
/// kernel computes at once. A kernel that was asked for decides before the time does. All nodes of `graph` must be live.
///
/// # Errors
/// Those of `divide`.
pub fn divided<'a>(
    graph: Cow<'a, Graph>,
    profile: &DeviceProfile,
    planning: &Planning,
    nodes: Vec<NodeId>,
    divide: fn(&mut Draft, NodeId) -> Result<()>,
) -> Result<Cow<'a, Graph>> {
    if nodes.is_empty() {
        return Ok(graph);
    }
    let chosen = |graph: &Graph, id: NodeId| chosen(graph, id, profile, planning);
    let mut in_steps = Draft::new(graph.clone().into_owned());
    let mut faster = Vec::new();
    for id in nodes {
        let before = in_steps.graph().nodes().len();
        divide(&mut in_steps, id)?;
        let all = in_steps.graph();
        let inserted = all.computed().map(|(inserted, _)| inserted);
        let inserted = inserted.filter(|inserted| inserted.index() >= before);
        let steps = inserted.chain([id]).map(|step| chosen(all, step));
        let steps: Option<Vec<Choice>> = steps.collect();
        let once = chosen(&graph, id);
        // A refusal then names the operation alone, and not its prologue as well.
        let is_refused = once.is_none() && !graph.node(id).pre().is_identity();
        if is_refused || is_faster(once, steps) {
            faster.push(id);
        }
    }
    if faster.is_empty() {
        return Ok(graph);
    }
    let mut draft = Draft::new(graph.into_owned());
    for id in faster {
        divide(&mut draft, id)?;
    }
    Ok(Cow::Owned(draft.finish()))
}

/// Joins those `pairs` of nodes by `join`, which computes the second one together with the first, unless both apart are predicted
/// to be faster, or no kernel computes them together. A kernel that was asked for decides before the time does. All nodes of
/// `graph` must be live.
///
/// # Errors
/// Those of `join`.
pub fn joined<'a>(
    graph: Cow<'a, Graph>,
    profile: &DeviceProfile,
    planning: &Planning,
    pairs: Vec<[NodeId; 2]>,
    join: fn(&mut Draft, [NodeId; 2]) -> Result<()>,
) -> Result<Cow<'a, Graph>> {
    if pairs.is_empty() {
        return Ok(graph);
    }
    let chosen = |graph: &Graph, id: NodeId| chosen(graph, id, profile, planning);
    let mut at_once = Draft::new(graph.clone().into_owned());
    let mut faster = Vec::new();
    for pair in pairs {
        join(&mut at_once, pair)?;
        let once = chosen(at_once.graph(), pair[1]);
        let apart = pair.iter().map(|&id| chosen(&graph, id)).collect();
        if once.is_some() && !is_faster(once, apart) {
            faster.push(pair);
        }
    }
    if faster.is_empty() {
        return Ok(graph);
    }
    let mut draft = Draft::new(graph.into_owned());
    for pair in faster {
        join(&mut draft, pair)?;
    }
    Ok(Cow::Owned(draft.finish()))
}

/// The choice of a kernel for the node `id`, if there is one.
fn chosen(
    graph: &Graph,
    id: NodeId,
    profile: &DeviceProfile,
    planning: &Planning,
) -> Option<Choice> {
    let site = Site::new(graph, id, 1, profile).ok()?;
    choice::choose(&site, planning).ok()
}

/// Whether a node is computed in `steps`, and not at `once`. `None` stands for what no kernel computes.
fn is_faster(once: Option<Choice>, steps: Option<Vec<Choice>>) -> bool {
    let (once, steps) = match (once, steps) {
        (Some(once), Some(steps)) => (once, steps),
        (once, steps) => return once.is_none() && steps.is_some(),
    };
    let is_asked = |choice: &Choice| choice.reason == Reason::Asked;
    if is_asked(&once) || steps.iter().any(is_asked) {
        return !is_asked(&once);
    }
    steps.iter().map(seconds).sum::<f64>() < seconds(&once)
}

/// The predicted time of the chosen kernel.
fn seconds(choice: &Choice) -> f64 {
    let mut predicted = choice.predicted.iter();
    let chosen = predicted.find(|predicted| predicted.candidate == choice.candidate);
    chosen.map_or(0.0, |chosen| chosen.time.seconds())
}
