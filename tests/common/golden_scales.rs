//! What the synthetic statistics of a network are multiplied by.
//!
//! Deep networks with gates are chaotic under synthetic weights: what float32 rounds away decides the answer.
//! `tools/golden.py` measures the variance of what each batch norm reads, and multiplies the running variance by it and
//! the running mean by its root, so that values keep about the same size from layer to layer.

use std::collections::BTreeMap;

use menagerie::graph::Graph;
use menagerie::weights::Weights;

use super::safetensors_file::{Data, file};

/// The scales that an answer belongs to.
pub struct Scales {
    /// Of running variances, one for each batch norm in the order of their names.
    pub variance: Vec<f32>,
    /// How far the framework's own arithmetic in float32 is from that in float64, over the largest magnitude.
    pub float32_error: f64,
}

impl Scales {
    /// The synthetic weights of `graph` for `seed`, with scaled statistics.
    pub fn weights(&self, seed: u64, graph: &Graph) -> Weights {
        let synthetic = Weights::synthetic(seed);
        let norms: BTreeMap<&str, f64> = {
            let mut norms: Vec<&str> = (graph.stored())
                .filter_map(|(_, value)| value.name().strip_suffix(".running_var"))
                .collect();
            norms.sort_unstable();
            assert_eq!(norms.len(), self.variance.len(), "{}", graph.name());
            let scales = self.variance.iter().copied().map(f64::from);
            norms.into_iter().zip(scales).collect()
        };
        let scale = |name: &str| {
            let (layer, tensor) = name.rsplit_once('.')?;
            match tensor {
                "running_var" => Some(norms[layer]),
                "running_mean" => Some(norms[layer].sqrt()),
                _ => None,
            }
        };
        let tensors: Vec<(&str, Vec<usize>, Vec<f32>)> = (graph.stored())
            .map(|(id, value)| {
                let mut values = synthetic.value(graph, id).expect("synthetic values");
                if let Some(scale) = scale(value.name()) {
                    for value in &mut values {
                        *value = (f64::from(*value) * scale) as f32;
                    }
                }
                (value.name(), value.ty().dims().to_vec(), values)
            })
            .collect();
        let tensors: Vec<(&str, &[usize], Data<'_>)> = (tensors.iter())
            .map(|(name, shape, values)| (*name, shape.as_slice(), Data::F32(values)))
            .collect();
        Weights::from_bytes("scaled.safetensors", file(&tensors)).expect("sound weights")
    }
}
