//! Copies of values that a dispatch cannot read in place.

use std::borrow::Cow;

use super::aliases::Aliases;
use super::layouts::Layouts;
use crate::error::Result;
use crate::graph::{Activation, Draft, Graph, Insertion, NodeId, Op, Source, ValueId};

/// Inserts a copy before each node of `graph` that reads two values of one storage, and returns the graph with its
/// layouts and aliases. All nodes of `graph` must be live. If inputs are bound as read-write, WebGPU does not allow a dispatch
/// to bind one storage twice.
///
/// # Errors
/// None for a checked graph.
pub fn inserted(mut graph: Cow<'_, Graph>) -> Result<(Cow<'_, Graph>, Layouts, Aliases)> {
    loop {
        let layouts = Layouts::of(&graph);
        let aliases = Aliases::of(&graph, &layouts);
        let constant = |value: ValueId| graph.value(value).is_constant();
        let conflict = graph.computed().find_map(|(id, node)| {
            let is_computed = aliases.is_computed(id);
            let value = is_computed.then(|| aliases.conflict(node, constant))??;
            Some((id, value))
        });
        let Some((id, value)) = conflict else {
            return Ok((graph, layouts, aliases));
        };
        graph = Cow::Owned(with_copy(graph.into_owned(), id, value)?);
    }
}

/// Makes node `id` read a copy of `value` at its last read of it.
fn with_copy(graph: Graph, id: NodeId, value: ValueId) -> Result<Graph> {
    let mut draft = Draft::new(graph);
    let mut node = Insertion::like(draft.node(id));
    let copy = Insertion::new(
        format!("{}.copy", node.name),
        Op::Activation(Activation::Identity),
        vec![Some(Source::Value(value))],
    );
    let inputs = node.inputs.iter_mut().flatten();
    let further = node.pre_operands.iter_mut().chain(&mut node.operands);
    let mut reads: Vec<&mut Source> = inputs.chain(further).collect();
    let last = reads
        .iter_mut()
        .rev()
        .find(|read| ***read == Source::Value(value));
    if let Some(last) = last {
        **last = Source::Inserted(0);
    }
    draft.replace(id, vec![copy], node)?;
    Ok(draft.finish())
}
