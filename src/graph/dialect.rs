//! What checkpoints hold that do not name a network's tensors as its graph does.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Graph;

/// How another implementation of a network names layers, and stores them, where it differs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dialect {
    layers: BTreeMap<String, Layer>,
}

#[derive(Clone, Debug, PartialEq)]
struct Layer {
    name: String,
    /// Height and width of the convolution that a linear layer is stored as.
    kernel: Option<[usize; 2]>,
}

impl Dialect {
    /// The layer `ours` is called `theirs`.
    pub fn rename(&mut self, ours: impl Into<String>, theirs: impl Into<String>) {
        let layer = Layer {
            name: theirs.into(),
            kernel: None,
        };
        self.layers.insert(ours.into(), layer);
    }

    /// The linear layer `ours`, which reads a flattened map of height and width `kernel`, is the
    /// convolution `theirs` that covers the map: a weight `[out, in]` is stored as
    /// `[out, in / (height * width), height, width]`, in the same order.
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

    /// Name and extents under which the tensor `name` of such a `shape` is stored.
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
    /// Lets checkpoints name layers as `dialect` does. The graph's own names are always understood.
    pub fn add_dialect(&mut self, dialect: Dialect) {
        Arc::make_mut(&mut self.dialects).push(dialect);
    }

    /// The dialects that checkpoints may be in, besides the graph's own names.
    pub fn dialects(&self) -> &[Dialect] {
        &self.dialects
    }

    /// Lets checkpoints hold the layer or module `name`, which only training uses: that of a
    /// classifier that [`Graph::ending_at`] left out, for one.
    pub fn add_training_branch(&mut self, name: impl Into<String>) {
        self.training_branches.push(name.into());
    }

    /// Layers and modules that only training uses.
    pub fn training_branches(&self) -> &[String] {
        &self.training_branches
    }
}
