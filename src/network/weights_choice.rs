//! A caller's choice of weights for a network.

use std::path::{Path, PathBuf};

use crate::weights::Weights;
use crate::zoo::{Checkpoint, WeightsSource};

/// The weights that a network of the zoo is loaded with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum WeightsChoice {
    /// The weights of this source.
    Source(WeightsSource),
    /// Weights that are already open.
    Open(Weights),
    /// Weights that are already open, with their preprocessing and labels.
    Checkpoint(Checkpoint),
}

impl From<WeightsSource> for WeightsChoice {
    fn from(source: WeightsSource) -> Self {
        WeightsChoice::Source(source)
    }
}

impl From<Weights> for WeightsChoice {
    fn from(weights: Weights) -> Self {
        WeightsChoice::Open(weights)
    }
}

impl From<Checkpoint> for WeightsChoice {
    fn from(checkpoint: Checkpoint) -> Self {
        WeightsChoice::Checkpoint(checkpoint)
    }
}

impl From<PathBuf> for WeightsChoice {
    fn from(path: PathBuf) -> Self {
        WeightsSource::File(path).into()
    }
}

impl From<&Path> for WeightsChoice {
    fn from(path: &Path) -> Self {
        path.to_path_buf().into()
    }
}
