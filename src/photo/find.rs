//! Finds photos by names: files, folders, or `-` for standard input.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use super::Source;
use super::decode::has_image_extension;
use crate::error::{Error, ErrorKind};

/// The result of [`find`].
#[derive(Debug, Default)]
pub struct Found {
    /// The photos in the order of the names. Photos of a folder are sorted by name.
    pub sources: Vec<Source>,
    /// Names without a photo.
    pub failed: Vec<Unusable>,
}

/// A name without a usable photo, and its error.
#[derive(Debug)]
pub struct Unusable {
    /// The name.
    pub name: String,
    /// The error.
    pub error: Error,
}

/// Finds the photos of `names`: files, folders, and `-` for standard input. In folders and their subfolders, it finds
/// all files with the extension of an image, without hidden ones.
pub fn find(names: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for name in names {
        match Source::named(name) {
            Source::File(folder) if folder.is_dir() => {
                let before = (found.sources.len(), found.failed.len());
                found.walk(&folder);
                if before == (found.sources.len(), found.failed.len()) {
                    found.fail(&folder, "no images in this folder");
                }
            }
            // A named file may have any extension.
            source => found.sources.push(source),
        }
    }
    found
}

impl Found {
    /// Adds the images in `folder` and its subfolders, by their extension, without hidden ones. Links to folders are
    /// not followed, so that the search ends.
    fn walk(&mut self, folder: &Path) {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<DirEntry>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => return self.fail(folder, &format!("cannot be read: {error}")),
        };
        entries.sort_by_key(DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.walk(&path);
            } else if has_image_extension(&path) && path.is_file() {
                self.sources.push(Source::File(path));
            }
        }
    }

    fn fail(&mut self, path: &Path, why: &str) {
        self.failed.push(Unusable {
            name: path.display().to_string(),
            error: Error::new(ErrorKind::Io, why),
        });
    }
}
