//! Finding the layers to keep in f32 in a graph that passes have changed.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::graph::{Graph, NodeId};

/// Returns the names of the nodes of `optimized` that compute the layers or modules `names` of `source`, the same graph before
/// the passes, for [`Planning::keep_f32`](super::Planning::keep_f32). Passes merge a layer into the one before it, as a batch
/// normalisation into its convolution; then that one is returned. A name can also be that of an input, or of a node of
/// `optimized`.
///
/// # Errors
/// [`ErrorKind::UnknownLayer`](crate::ErrorKind::UnknownLayer) if neither graph has such a name. The message suggests one.
pub fn kept_in(source: &Graph, optimized: &Graph, names: &[String]) -> Result<Vec<String>> {
    let nodes = optimized.computed();
    let names_of_nodes = nodes.flat_map(|(_, node)| [Some(node.name()), node.pre_name()]);
    let is_there: BTreeSet<&str> = names_of_nodes.flatten().collect();
    let mut kept = BTreeSet::new();
    for name in names {
        if optimized.find(name).is_err() {
            source.find(name)?;
        }
        kept.insert(name.clone());
        for (id, node) in source.computed() {
            if is_named(node.name(), name)
                && let Some(found) = survivor(source, id, &is_there)
            {
                kept.insert(found);
            }
        }
    }
    Ok(kept.into_iter().collect())
}

/// Returns whether `layer` is called `name`, or is inside the module `name`.
pub fn is_named(layer: &str, name: &str) -> bool {
    let rest = layer.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Returns the name of the last node up to `id` that is in `names`, along first inputs.
fn survivor(source: &Graph, mut id: NodeId, names: &BTreeSet<&str>) -> Option<String> {
    loop {
        let node = source.node(id);
        if names.contains(node.name()) {
            return Some(node.name().to_owned());
        }
        id = source.value(node.input()?).node()?;
    }
}
