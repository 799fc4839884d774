//! Differences between a network and its checkpoints: other tensor names, and layers that only training uses.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Graph;

/// The layer names and weight layouts of another implementation of a network, where they differ from the graph's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dialect {
    layers: BTreeMap<String, Layer>,
}

#[derive(Clone, Debug, PartialEq)]
struct Layer {
    name: String,
    /// Height and width of the convolution, if a linear layer is stored as one.
    kernel: Option<[usize; 2]>,
}

impl Dialect {
    /// States that the layer `ours` is called `theirs`.
    pub fn rename(&mut self, ours: impl Into<String>, theirs: impl Into<String>) {
        let layer = Layer {
            name: theirs.into(),
            kernel: None,
        };
        self.layers.insert(ours.into(), layer);
    }

    /// States that the linear layer `ours`, which reads a flattened map of height and width `kernel`, is stored as
    /// the convolution `theirs` that covers the whole map. The weight `[out, in]` is stored as `[out, in / (height
    /// * width), height, width]`, in the same order.
    pub fn linear_as_conv(
        &mut self,
        ours: impl Into<String>,
        theirs: impl Into<String>,
        kernel: [usize; 2],
    ) {
        let layer = Layer {
            name: theirs.into(),
            kernel: Some(kernel),
        };
        self.layers.insert(ours.into(), layer);
    }

    /// Returns the name and the extents under which the tensor `name` with extents `shape` is stored.
    pub fn tensor(&self, name: &str, shape: &[usize]) -> (String, Vec<usize>) {
        let renamed = name
            .rsplit_once('.')
            .and_then(|(layer, tensor)| Some((self.layers.get(layer)?, tensor)));
        let Some((layer, tensor)) = renamed else {
            return (name.to_owned(), shape.to_vec());
        };
        let shape = match (layer.kernel, shape) {
            (Some([height, width]), &[out, inputs]) => {
                vec![out, inputs / (height * width), height, width]
            }
            _ => shape.to_vec(),
        };
        (format!("{}.{tensor}", layer.name), shape)
    }
}

impl Graph {
    /// Accepts checkpoints that name layers as `dialect` does. Checkpoints with the graph's own names are always
    /// accepted.
    pub fn add_dialect(&mut self, dialect: Dialect) {
        Arc::make_mut(&mut self.dialects).push(dialect);
    }

    /// Returns the dialects of checkpoints that are accepted besides the graph's own names.
    pub fn dialects(&self) -> &[Dialect] {
        &self.dialects
    }

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
