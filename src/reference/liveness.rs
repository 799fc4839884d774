//! Liveness of the results of a run.

use crate::graph::{Graph, NodeId, ValueId};
use crate::tensor::Type;

/// Returns the largest sum of bytes of results that are alive at the same time, while one image passes through
/// `graph`. The image itself is included.
pub fn activation_bytes(graph: &Graph) -> u64 {
    let liveness = Liveness::of(graph);
    let bytes = |value: ValueId| 4 * Type::count(graph.ty(value)) as u64;
    let mut alive: u64 = graph.inputs().iter().map(|port| bytes(port.value)).sum();
    let mut most = alive;
    for (id, node) in graph.computed() {
        if !liveness.is_needed[id.index()] {
            continue;
        }
        alive += node
            .results()
            .iter()
            .map(|&value| bytes(value))
            .sum::<u64>();
        most = most.max(alive);
        let mut read: Vec<ValueId> = node.reads().collect();
        read.sort_unstable();
        read.dedup();
        for value in read {
            if liveness.last_readers[value.index()] == Some(Reader::Node(id)) {
                alive -= bytes(value);
            }
        }
    }
    most
}

/// The nodes that outputs depend on, and the last reader of each value.
pub(super) struct Liveness {
    pub(super) is_needed: Vec<bool>,
    /// The last reader of each value, or `None` for a constant or a value that nothing reads.
    pub(super) last_readers: Vec<Option<Reader>>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reader {
    Node(NodeId),
    Caller,
}

impl Liveness {
    pub(super) fn of(graph: &Graph) -> Self {
        let mut liveness = Self {
            is_needed: vec![false; graph.nodes().len()],
            last_readers: vec![None; graph.values().len()],
        };
        for port in graph.outputs() {
            liveness.last_readers[port.value.index()] = Some(Reader::Caller);
        }
        for (id, node) in graph.computed().rev() {
            let mut results = node.results().iter();
            if results.any(|result| liveness.last_readers[result.index()].is_some()) {
                liveness.is_needed[id.index()] = true;
                for read in node
                    .reads()
                    .filter(|&read| !graph.value(read).is_constant())
                {
                    liveness.last_readers[read.index()].get_or_insert(Reader::Node(id));
                }
            }
        }
        liveness
    }
}
