//! The reference executor: every operation in the plainest loops there are. It is what kernels are
//! tested against, and what runs where there is no GPU.

use crate::error::Result;
use crate::graph::Graph;
use crate::tensor::Tensor;
use crate::weights::Weights;

/// A network ready to run on the CPU.
pub struct Reference {
    _graph: Graph,
}

impl Reference {
    /// Loads the parameters of `graph` from `weights`.
    ///
    /// # Errors
    /// As [`Weights::check`] and [`Weights::value`].
    pub fn new(graph: Graph, weights: &Weights) -> Result<Self> {
        let _ = (graph, weights);
        unimplemented!("being written")
    }

    /// The network's answer for a batch of any size.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) where the images are not of the network's input shape.
    pub fn run(&self, input: &Tensor) -> Result<Tensor> {
        let _ = input;
        unimplemented!("being written")
    }
}
