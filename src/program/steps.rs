//! Nodes that are computed in several steps, or several nodes that are computed in one, where this is faster on the device.
//!
//! The times are those for one image, so that programs for all batches have the same parameters, and sessions can share them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

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

/// Joins pairs of nodes by `join`, which computes the second one together with the first, where this is predicted to save most
/// time. The pairs of a group share no nodes. Of pairs that do, those are joined that save most together. A kernel that was asked
/// for decides before the time does. All nodes of `graph` must be live.
///
/// # Errors
/// Those of `join`.
pub fn joined<'a>(
    graph: Cow<'a, Graph>,
    profile: &DeviceProfile,
    planning: &Planning,
    groups: [Vec<[NodeId; 2]>; 2],
    join: fn(&mut Draft, [NodeId; 2]) -> Result<()>,
) -> Result<Cow<'a, Graph>> {
    let chosen = |graph: &Graph, id: NodeId| chosen(graph, id, profile, planning);
    let mut gains = Vec::new();
    for pairs in groups {
        if pairs.is_empty() {
            continue;
        }
        let mut at_once = Draft::new(graph.clone().into_owned());
        for pair in pairs {
            join(&mut at_once, pair)?;
            let once = chosen(at_once.graph(), pair[1]);
            let apart = pair.iter().map(|&id| chosen(&graph, id)).collect();
            gains.extend(gain(once, apart).map(|gain| (pair, gain)));
        }
    }
    if gains.is_empty() {
        return Ok(graph);
    }
    let mut draft = Draft::new(graph.into_owned());
    for pair in best(gains) {
        join(&mut draft, pair)?;
    }
    Ok(Cow::Owned(draft.finish()))
}

/// The seconds that are saved by computing nodes at `once` and not `apart`, or `None` if they should stay apart. What no kernel
/// computes is `None` as well.
fn gain(once: Option<Choice>, apart: Option<Vec<Choice>>) -> Option<f64> {
    let once = once?;
    if is_asked(&once) {
        return Some(f64::INFINITY);
    }
    let Some(apart) = apart else {
        return Some(f64::INFINITY);
    };
    if apart.iter().any(is_asked) {
        return None;
    }
    let saved = apart.iter().map(seconds).sum::<f64>() - seconds(&once);
    (saved >= 0.0).then_some(saved)
}

/// Those of the pairs that gain most together, of which no two share a node. A node is the first one of at most one pair, and the
/// second one of at most one, so pairs form chains.
fn best<Node: Copy + Ord>(mut gains: Vec<([Node; 2], f64)>) -> Vec<[Node; 2]> {
    gains.sort_by_key(|(pair, _)| pair[1]);
    // The most that a chain gains up to a pair, with and without it, by its second node.
    let mut most: BTreeMap<Node, [f64; 2]> = BTreeMap::new();
    for (pair, gain) in &gains {
        let [with, without] = most.get(&pair[0]).copied().unwrap_or_default();
        most.insert(pair[1], [gain + without, with.max(without)]);
    }
    let mut joined = Vec::new();
    let mut used = BTreeSet::new();
    for (pair, _) in gains.iter().rev() {
        let [with, without] = most[&pair[1]];
        if with >= without && !pair.iter().any(|node| used.contains(node)) {
            used.extend(*pair);
            joined.push(*pair);
        }
    }
    joined
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
    steps.is_some() && gain(once, steps).is_none()
}

/// Whether the kernel was asked for.
fn is_asked(choice: &Choice) -> bool {
    choice.reason == Reason::Asked
}

/// The predicted time of the chosen kernel.
fn seconds(choice: &Choice) -> f64 {
    let mut predicted = choice.predicted.iter();
    let chosen = predicted.find(|predicted| predicted.candidate == choice.candidate);
    chosen.map_or(0.0, |chosen| chosen.time.seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_that_gain_most_together_are_joined() {
        let chain = |gains: &[f64]| {
            let pairs = gains.iter().enumerate();
            let pairs = pairs.map(|(node, &gain)| ([node, node + 1], gain));
            let mut joined = best(pairs.collect());
            joined.sort_unstable();
            joined.iter().map(|pair| pair[0]).collect::<Vec<usize>>()
        };
        for (gains, joined) in [
            (&[][..], &[][..]),
            (&[1.0], &[0]),
            (&[1.0, 2.0], &[1]),
            (&[2.0, 3.0, 2.0], &[0, 2]),
            (&[2.0, 5.0, 2.0], &[1]),
            (&[1.0, 1.0, 1.0, 1.0], &[1, 3]),
            (&[1.0, f64::INFINITY, 1.0], &[1]),
            (&[3.0, 1.0, 1.0, 3.0, 9.0], &[0, 2, 4]),
        ] {
            assert_eq!(chain(gains), joined, "{gains:?}");
        }
    }
}
