//! Operands of point-wise arithmetic that repeat in a way that kernels do not compute, such as a row that repeats down an
//! image. They are expanded before the operation.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::error::Result;
use crate::graph::{Draft, Expand, Graph, Insertion, Node, NodeId, Op, Source, ValueId};
use crate::tensor::{Dims, Repetition};

/// Inserts the expansions into `graph`. An expansion is shared by all nodes that read the same value with the same extents.
/// All nodes of `graph` must be live.
///
/// # Errors
/// None for a checked graph.
pub fn expanded(graph: Cow<'_, Graph>) -> Result<Cow<'_, Graph>> {
    let nodes = graph.computed();
    let wanted = nodes.map(|(id, node)| (id, to_expand(&graph, node)));
    let wanted: Vec<(NodeId, Vec<ValueId>)> =
        wanted.filter(|(_, values)| !values.is_empty()).collect();
    if wanted.is_empty() {
        return Ok(graph);
    }
    let mut draft = Draft::new(graph.into_owned());
    let mut expansions: HashMap<(ValueId, Dims), ValueId> = HashMap::new();
    for (id, values) in wanted {
        let dims = Dims::new(draft.graph().ty(draft.node(id).result()).extents())?;
        let mut node = Insertion::like(draft.node(id));
        let mut inserted = Vec::new();
        let next = draft.graph().values().len();
        for value in values {
            let expansion = match expansions.get(&(value, dims)) {
                Some(&expansion) => Source::Value(expansion),
                None => {
                    let name = format!("{}.expanded", draft.value(value).name());
                    let op = Op::Expand(Expand { dims });
                    expansions.insert((value, dims), ValueId::at(next + inserted.len()));
                    inserted.push(Insertion::new(name, op, vec![Some(value.into())]));
                    Source::Inserted(inserted.len() - 1)
                }
            };
            let reads = node.inputs.iter_mut().flatten();
            for read in reads.filter(|read| **read == Source::Value(value)) {
                *read = expansion;
            }
        }
        draft.replace(id, inserted, node)?;
    }
    Ok(Cow::Owned(draft.finish()))
}

/// Returns the inputs of `node` that must be expanded: those that repeat along other axes than all pixels, and the first
/// one if none has a value for each value of the result.
fn to_expand(graph: &Graph, node: &Node) -> Vec<ValueId> {
    if !matches!(node.op(), Op::Pointwise(_) | Op::PRelu(_)) {
        return Vec::new();
    }
    let result = graph.ty(node.result());
    let mut values: Vec<ValueId> = Vec::new();
    let mut is_whole = false;
    let reads = node.inputs().iter().flatten();
    let computed = reads.filter(|&&read| !graph.value(read).is_constant());
    for &read in computed.clone() {
        match graph.ty(read).repetition_in(result) {
            Some(Repetition::None) => is_whole = true,
            Some(Repetition::Pixels) => {}
            Some(_) | None if values.contains(&read) => {}
            Some(_) | None => values.push(read),
        }
    }
    if !is_whole && values.is_empty() {
        values.extend(computed.copied().next());
    }
    values
}
