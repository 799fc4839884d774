//! From names to photos: folders are walked, `-` is standard input.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use image::ImageFormat;

use super::Source;
use crate::error::{Error, ErrorKind};

/// What [`find`] has found.
#[derive(Debug, Default)]
pub struct Found {
    /// The photos in the order of the names; those of a folder in the order of their own.
    pub sources: Vec<Source>,
    /// Names that stand for nothing.
    pub failed: Vec<Unusable>,
}

/// A name that stands for no photo, and why.
#[derive(Debug)]
pub struct Unusable {
    /// As it was asked for, or found.
    pub name: String,
    /// What is wrong with it.
    pub error: Error,
}

/// The photos that `names` stand for: files, all images in folders and below by the ending of their names, hidden ones
/// left out, and `-` for standard input.
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
            // A file that is named is tried, whatever its name ends in.
            source => found.sources.push(source),
        }
    }
    found
}

impl Found {
    /// Adds the images below `folder`: by their extension, hidden ones left out. Links to folders are
    /// not followed, so the walk ends.
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

fn has_image_extension(path: &Path) -> bool {
    ImageFormat::from_path(path).is_ok_and(|format| format.reading_enabled())
}
