//! The mean and standard deviation of the input that a file has as tensors, because its network normalises photos
//! itself.

use std::collections::BTreeMap;

use super::Source;
use super::Weights;
use super::file::TensorFile;
use crate::error::Result;

/// The most channels of an input.
const MOST_CHANNELS: usize = 4;

/// The names of the tensors.
pub(super) struct Normalisation<'a> {
    pub mean: &'a str,
    pub std: &'a str,
}

/// Finds a tensor whose name ends in `mean` among `names`, and one beside it whose name ends in `std`, with a value for
/// each channel.
pub(super) fn find<'a>(names: &[&'a str], file: &TensorFile) -> Option<Normalisation<'a>> {
    let is_for_channels = |name: &str| {
        let shape = file.shape(name).unwrap_or_default();
        let extents: Vec<usize> = shape
            .iter()
            .copied()
            .filter(|&extent| extent != 1)
            .collect();
        matches!(extents[..], [channels] if channels <= MOST_CHANNELS)
    };
    let stds = names
        .iter()
        .filter_map(|std| Some((std.strip_suffix("std")?, *std)));
    let stds: BTreeMap<&str, &str> = stds.collect();
    let pairs = names.iter().filter_map(|&mean| {
        let std = *stds.get(mean.strip_suffix("mean")?)?;
        let fits = file.shape(mean) == file.shape(std) && is_for_channels(mean);
        fits.then_some(Normalisation { mean, std })
    });
    pairs.min_by_key(|found| found.mean.len())
}

impl Weights {
    /// Returns mean and standard deviation of the input's channels, if the file has them as tensors.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights) if their values cannot be used.
    pub(crate) fn normalisation(&self) -> Result<Option<[Vec<f32>; 2]>> {
        let Source::File(file) = &*self.source else {
            return Ok(None);
        };
        let names: Vec<&str> = file.names().collect();
        let Some(Normalisation { mean, std }) = find(&names, file) else {
            return Ok(None);
        };
        let values = |name: &str| file.values(name, 0..file.elements(name));
        Ok(Some([values(mean)?, values(std)?]))
    }
}
