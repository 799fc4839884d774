//! Removal of the nodes that nothing reads.

use super::Draft;
use crate::graph::{NodeId, ValueId};

impl Draft {
    pub(super) fn stop_reading(&mut self, reader: NodeId, value: ValueId) {
        let readers = &mut self.readers[value.index()];
        if let Some(position) = readers.iter().position(|&id| id == reader) {
            readers.swap_remove(position);
        }
        if let Some(node) = self.value(value).node() {
            self.drop_if_unread(node);
        }
    }

    /// Removes `id` if nothing reads it, and then every node that only removed nodes read. Uses a list and no
    /// recursion, because a long chain of nodes would overflow the stack.
    pub(super) fn drop_if_unread(&mut self, id: NodeId) {
        if self.is_wanted(id) {
            return;
        }
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            if self.is_wanted(id) || !self.alive[id.index()] {
                continue;
            }
            self.alive[id.index()] = false;
            let reads: Vec<ValueId> = self.node(id).reads().collect();
            for read in reads {
                self.readers[read.index()].retain(|&reader| reader != id);
                pending.extend(self.value(read).node());
            }
        }
    }

    /// Returns whether a result of `id` is an output or has readers.
    fn is_wanted(&self, id: NodeId) -> bool {
        let mut results = self.node(id).results.iter();
        results.any(|&result| self.is_output(result) || !self.readers(result).is_empty())
    }
}
