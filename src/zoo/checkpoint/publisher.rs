//! Whose weights are: their publisher evaluates them with a preprocessing of its own.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::Path;

use crate::hub::Repository;
use crate::weights::Weights;
use crate::zoo::Model;

/// Bytes that are compared at once.
const CHUNK: usize = 1 << 16;

/// Whose weights are.
///
/// What lies in a Hub's cache as a network's published weights is the Hub's, however it was named, and so is a copy of
/// it that lies elsewhere, as long as the cache has it, and a file that names its tensors as only the Hub's publisher
/// does. All other files are taken for the reference implementation's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Publisher {
    /// The reference implementation's.
    Reference,
    /// Those that [`Model::published`] tells of.
    Hub,
    /// Nobody's: they are made up.
    Synthetic,
}

impl Publisher {
    /// Whose `weights` are, as those of `model`.
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

/// Whether the file at `path` is one of `repository`: it lies in a cache of it, or the user's cache has the same file.
fn is_in(repository: &Repository, path: &Path) -> bool {
    let folder = repository.folder_name();
    let lies_in = |path: &Path| path.iter().any(|part| part == folder.as_str());
    // Through a link, what it leads to counts: a blob of the cache, for instance.
    let target = fs::canonicalize(path);
    if lies_in(path) || target.is_ok_and(|target| lies_in(&target)) {
        return true;
    }
    let cached = repository.cached();
    cached.is_some_and(|cached| is_copy(path, &cached).unwrap_or(false))
}

/// Whether two files hold the same bytes.
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
