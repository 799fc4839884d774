//! The files of weights that torchvision and timm publish, and how photos are prepared for each. `tools/known_files.py` makes the
//! table from their registries.
//!
//! A file is known by its name, or by its repository if it is in a cache of the Hub. The names of torchvision and many of
//! timm end in the first digits of the file's SHA-256, so no other file has them by chance. A file that was converted or rounded
//! keeps its name and its preprocessing, and has another digest. A file that was renamed is known by its digest.

use std::path::Path;

use super::Model;
use crate::hub;
use crate::preprocess::{Framing, Interpolation, Preprocess};

static TABLE: &str = include_str!("known_files.txt");

/// Stands for what a row does not have.
const NONE: &str = "-";

/// A file of weights that was published.
pub(super) struct KnownFile {
    /// The name of the network.
    model: &'static str,
    /// The publisher's name of the weights, such as `IMAGENET1K_V2` or `resnet50.a1_in1k`.
    weights: &'static str,
    /// The name of the file, without its extension.
    file: Option<&'static str>,
    /// The repository of the Hub.
    repository: Option<&'static str>,
    /// `None` for that of the reference implementation.
    preprocess: Option<Preprocess>,
}

impl KnownFile {
    /// Reads a row of the table.
    fn read(row: &'static str) -> Option<Self> {
        let columns: Vec<&'static str> = row.split(' ').collect();
        let [model, weights, file, repository, ref preprocess @ ..] = columns[..] else {
            return None;
        };
        let present = |column: &'static str| (column != NONE).then_some(column);
        let preprocess = match preprocess[..] {
            ["reference"] => None,
            [side, crop, filter, mean, std] => Some(evaluated(side, crop, filter, mean, std)?),
            _ => return None,
        };
        Some(Self {
            model,
            weights,
            file: present(file),
            repository: present(repository),
            preprocess,
        })
    }

    /// Whether these are weights of timm. Its names have the network's before a dot.
    fn is_of_timm(&self) -> bool {
        self.weights.contains('.')
    }

    /// What follows the name of this file in `name`, if it begins with it.
    fn after<'a>(&self, name: &'a str) -> Option<&'a str> {
        let own = self.is_of_timm().then_some(self.weights);
        let names = self.file.into_iter().chain(own);
        names
            .filter_map(|known| name.strip_prefix(known))
            .min_by_key(|rest| rest.len())
    }

    /// Whether the file at `path`, for which it was found, has exactly its name, and not one that begins as it does, such as
    /// `resnet50-11ad3fa6-birds.pth`.
    pub fn is_at(&self, path: &Path) -> bool {
        match name_of(path).as_deref().and_then(|name| self.after(name)) {
            Some(rest) => rest.is_empty() || rest.starts_with('.'),
            // It was found by its repository.
            None => true,
        }
    }

    /// The preprocessing for these weights of `model`.
    pub fn preprocess(&self, model: &Model) -> Preprocess {
        self.preprocess.unwrap_or(model.preprocess)
    }
}

impl Model {
    /// The preprocessing for weights of the reference implementation in the file at `path`. torchvision and timm have
    /// published several weights of some networks, each with its own preprocessing. They count as such if the file's name
    /// begins as they call it, for example `resnet50-11ad3fa6` or `resnet50.a1_in1k`, or if the file is in the folder of their
    /// repository in a cache of the Hub. All other files count as the first ones of the reference implementation.
    pub fn preprocess_of_file(&self, path: &Path) -> Preprocess {
        let known = self.known_file(path);
        known.map_or(self.preprocess, |known| known.preprocess(self))
    }

    /// The names of the weights that torchvision published later than the first ones, as `IMAGENET1K_V2`, with their files,
    /// without extension.
    pub fn later_files(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let of_torchvision = || self.known_files().filter(|known| !known.is_of_timm());
        let first = of_torchvision().next().map(|known| known.weights);
        let later = of_torchvision().filter(move |known| Some(known.weights) != first);
        later.filter_map(|known| Some((known.weights, known.file?)))
    }

    /// The published file that the one at `path` is or was made from.
    pub(super) fn known_file(&self, path: &Path) -> Option<KnownFile> {
        let named = name_of(path).and_then(|name| {
            let named = self.known_files().filter_map(|known| {
                let rest = known.after(&name)?.len();
                Some((rest, known))
            });
            named.min_by_key(|(rest, _)| *rest)
        });
        if let Some((_, known)) = named {
            return Some(known);
        }
        let repository = hub::repository_of(path)?;
        self.known_files()
            .find(|known| known.repository == Some(repository.as_str()))
    }

    /// The published file of the same bytes as the one at `path`, whatever its name is. Without the feature `hub` there is
    /// none. Digests are published only of PyTorch files, so a safetensors file is not read for them.
    pub(super) fn known_bytes(&self, path: &Path) -> Option<KnownFile> {
        if path.extension().is_some_and(|end| end == "safetensors") {
            return None;
        }
        #[cfg(feature = "hub")]
        return self.known_digest(&hub::sha256(path).ok()?);
        #[cfg(not(feature = "hub"))]
        None
    }

    #[cfg(feature = "hub")]
    fn known_digest(&self, sha256: &str) -> Option<KnownFile> {
        let is_of = |known: &KnownFile| known.file.is_some_and(|name| hub::is_of(name, sha256));
        self.known_files().find(is_of)
    }

    fn known_files(&self) -> impl Iterator<Item = KnownFile> {
        let name = self.name;
        let rows = TABLE.lines().filter_map(KnownFile::read);
        rows.filter(move |known| known.model == name)
    }
}

fn name_of(path: &Path) -> Option<String> {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
}

fn evaluated(side: &str, crop: &str, filter: &str, mean: &str, std: &str) -> Option<Preprocess> {
    let crop = crop.parse().ok()?;
    Some(Preprocess {
        framing: match side {
            "whole" => Framing::Squash(1.0),
            side => Framing::ShorterSide(side.parse().ok()?),
        },
        interpolation: match filter {
            "bilinear" => Interpolation::Bilinear,
            "bicubic" => Interpolation::Bicubic,
            _ => return None,
        },
        crop: [crop, crop],
        mean: channels(mean)?,
        std: channels(std)?,
        ..Preprocess::IMAGENET
    })
}

fn channels(text: &str) -> Option<[f32; 3]> {
    let values: Option<Vec<f32>> = text.split(',').map(|value| value.parse().ok()).collect();
    values?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zoo;

    #[test]
    fn every_row_is_read() {
        for row in TABLE.lines() {
            let known = KnownFile::read(row).unwrap_or_else(|| panic!("{row}"));
            assert!(zoo::find(known.model).is_ok(), "{row}");
        }
    }

    #[test]
    #[cfg(feature = "hub")]
    fn a_file_is_known_by_its_digest() {
        let weights = |model: &str, digits: &str| {
            let model = zoo::find(model).expect("the zoo should have it");
            let found = model.known_digest(&format!("{digits:0<64}"));
            found.map(|known| known.weights)
        };
        // From torchvision's and timm's own addresses.
        assert_eq!(weights("resnet50", "0676ba61"), Some("IMAGENET1K_V1"));
        assert_eq!(weights("resnet50", "11ad3fa6"), Some("IMAGENET1K_V2"));
        assert_eq!(weights("resnet50", "11ad3fa7"), None);
        assert_eq!(weights("resnet50", "11ad3fa"), None);
        assert_eq!(weights("resnet18", "11ad3fa6"), None);
        assert_eq!(weights("mnasnet0_5", "7c6cb539b9"), Some("IMAGENET1K_V1"));
    }
}
