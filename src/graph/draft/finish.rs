//! Conversion of a draft into a graph.

use super::Draft;
use crate::graph::{Graph, Node, NodeId, Origin, ValueId};

impl Draft {
    /// Removes dead nodes, renumbers the rest and returns the graph. All stored tensors stay, because the weights
    /// file contains them whether a node reads them or not.
    pub fn finish(self) -> Graph {
        let Self {
            graph,
            order,
            readers,
            alive,
            ..
        } = self;
        let outputs: Vec<ValueId> = graph.outputs.iter().map(|port| port.value).collect();
        let mut node_ids = vec![NodeId(0); alive.len()];
        let live = order.into_iter().filter(|id| alive[id.index()]);
        let live: Vec<NodeId> = live.collect();
        for (index, id) in live.iter().enumerate() {
            node_ids[id.index()] = NodeId(index as u32);
        }
        let mut value_ids = vec![ValueId(0); graph.values.len()];
        let mut values = Vec::with_capacity(graph.values.len());
        for (index, mut value) in graph.values.into_iter().enumerate() {
            let stays = match &mut value.origin {
                Origin::Input | Origin::Stored { .. } => true,
                Origin::Known(_) => {
                    !readers[index].is_empty() || outputs.contains(&ValueId(index as u32))
                }
                Origin::Result { node, .. } => {
                    let stays = alive[node.index()];
                    *node = node_ids[node.index()];
                    stays
                }
            };
            if stays {
                value_ids[index] = ValueId(values.len() as u32);
                values.push(value);
            }
        }
        let renumbered = |id: &mut ValueId| *id = value_ids[id.index()];
        let mut old_nodes: Vec<Option<Node>> = graph.nodes.into_iter().map(Some).collect();
        let nodes = live.iter().filter_map(|id| old_nodes[id.index()].take());
        let nodes = nodes.map(|mut node| {
            node.reads_mut().for_each(renumbered);
            node.results.iter_mut().for_each(renumbered);
            node
        });
        let mut finished = Graph {
            nodes: nodes.collect(),
            values,
            ..graph
        };
        let ports = finished.inputs.iter_mut().chain(&mut finished.outputs);
        ports.for_each(|port| renumbered(&mut port.value));
        finished.stored.values_mut().for_each(renumbered);
        finished
    }
}
