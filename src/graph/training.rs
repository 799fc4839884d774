//! Layers of checkpoints that only training uses.

use super::Graph;

impl Graph {
    /// Allows checkpoints to contain tensors of the layer or module `name`, which only training uses or which
    /// [`Graph::ending_at`] removed.
    pub fn add_training_branch(&mut self, name: impl Into<String>) {
        self.training_branches.push(name.into());
    }

    /// Returns the names of the layers and modules that checkpoints may contain although the graph does not use
    /// them.
    pub fn training_branches(&self) -> &[String] {
        &self.training_branches
    }
}
