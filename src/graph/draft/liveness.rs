//! Which nodes of a draft are still read.

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

    /// Drops `id`, and what only it has read, where nothing reads it any more. A list of what is left to look at, as
    /// chains may be longer than a stack is deep.
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

    /// Whether something reads a result of `id`.
    fn is_wanted(&self, id: NodeId) -> bool {
        let mut results = self.node(id).results.iter();
        results.any(|&result| self.is_output(result) || !self.readers(result).is_empty())
    }
}
