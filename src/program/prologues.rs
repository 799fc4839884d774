//! Expressions in front of operations (prologues) that are computed by a dispatch of their own, because this is faster.
//!
//! A kernel computes its prologue each time that it loads a value, for each tile of output channels. Whether this takes longer
//! than another dispatch depends on the device.

use std::borrow::Cow;

use super::{Planning, steps};
use crate::device::DeviceProfile;
use crate::error::Result;
use crate::graph::{Draft, Graph, Insertion, NodeId, Op, Pointwise, Source};

/// Computes those prologues of `graph` separately that are predicted to be slower in front of their operation, and those that
/// no kernel computes there. All nodes of `graph` must be live.
///
/// # Errors
/// None for a checked graph.
pub fn separated<'a>(
    graph: Cow<'a, Graph>,
    profile: &DeviceProfile,
    planning: &Planning,
) -> Result<Cow<'a, Graph>> {
    let nodes = graph.computed();
    let nodes = nodes.filter(|(_, node)| !node.pre().is_identity());
    let nodes = nodes.map(|(id, _)| id).collect();
    steps::divided(graph, profile, planning, nodes, separate)
}

/// Inserts the prologue of node `id` before it, as a node that has the name from before a pass moved it.
fn separate(draft: &mut Draft, id: NodeId) -> Result<()> {
    let node = draft.node(id);
    let name = match node.pre_name() {
        Some(name) => name.to_owned(),
        None => format!("{}.before", node.name()),
    };
    let further = node.pre_operands().iter().copied();
    let operands = node.input().into_iter().chain(further);
    let operands = operands.map(|value| Some(Source::Value(value))).collect();
    let before = Insertion::new(name, Op::Pointwise(node.pre().clone()), operands);
    let mut alone = Insertion::like(node);
    alone.inputs[0] = Some(Source::Inserted(0));
    alone.pre = Pointwise::identity();
    alone.pre_operands = Vec::new();
    alone.pre_name = None;
    draft.replace(id, vec![before], alone)
}
