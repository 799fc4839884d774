//! The publisher of weights. Each publisher has its own preprocessing.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::Path;

use crate::hub::{self, Repository};
use crate::weights::Weights;
use crate::zoo::Model;

/// The number of bytes to compare at once.
const CHUNK: usize = 1 << 16;

/// The publisher of weights.
///
/// The Hub's weights are the network's published weights in a Hub cache, under any path, and copies of them while the
/// cache has them, and files with tensor names that only the Hub's publisher uses. All other files count as weights of
/// the reference implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Publisher {
    /// The reference implementation.
    Reference,
    /// The publisher of [`Model::published`].
    Hub,
    /// None: the weights are synthetic.
    Synthetic,
}

impl Publisher {
    /// Returns the publisher of `weights` of `model`.
    pub(super) fn of(model: &Model, weights: &Weights) -> Self {
        if weights.seed().is_some() {
            return Publisher::Synthetic;
        }
        let is_of_hub = model.published.is_some_and(|published| {
            let has_its_names = published.own_tensor.is_some_and(|name| weights.has(name));
            let path = weights.path();
            has_its_names || path.is_some_and(|path| is_in(&published.repository, path))
        });
        match is_of_hub {
            true => Publisher::Hub,
            false => Publisher::Reference,
        }
    }
}

/// Whether the file at `path` belongs to `repository`: it is in a cache of it, or the user's cache has the same file.
fn is_in(repository: &Repository, path: &Path) -> bool {
    if hub::repository_of(path).as_deref() == Some(repository.id) {
        return true;
    }
    let cached = repository.cached();
    cached.is_some_and(|cached| is_copy(path, &cached).unwrap_or(false))
}

/// Whether two files have the same content.
fn is_copy(path: &Path, other: &Path) -> io::Result<bool> {
    if fs::metadata(path)?.len() != fs::metadata(other)?.len() {
        return Ok(false);
    }
    let [mut one, mut other] = [File::open(path)?, File::open(other)?].map(BufReader::new);
    let (mut bytes, mut expected) = (vec![0; CHUNK], vec![0; CHUNK]);
    loop {
        let count = one.read(&mut bytes)?;
        if count == 0 {
            return Ok(true);
        }
        other.read_exact(&mut expected[..count])?;
        if bytes[..count] != expected[..count] {
            return Ok(false);
        }
    }
}
