//! Finds photos by names: files, folders, or `-` for standard input.

use std::fs::{self, DirEntry};
use std::io;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};

use super::Source;
use super::decode::has_image_extension;
use crate::error::{Error, ErrorKind};

/// Whether [`find`] searches the folders in a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subfolders {
    /// Only the files of the folder itself are found.
    #[default]
    Skip,
    /// Folders in it are searched, too, at any depth.
    Search,
}

/// The result of [`find`].
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Found {
    /// The photos in the order of the names. Photos of a folder are sorted by name.
    pub sources: Vec<Source>,
    /// Names without a photo.
    pub failed: Vec<Unusable>,
    /// What is in the folders and is no photo.
    pub left_out: LeftOut,
}

/// A name without a usable photo, and its error.
#[derive(Debug)]
pub struct Unusable {
    /// The file or folder, or standard input.
    pub source: Source,
    /// The error.
    pub error: Error,
}

/// What a search leaves out, as numbers of directory entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Files without the extension of an image.
    pub other_files: usize,
    /// Hidden files and folders: those whose names begin with a dot.
    pub hidden: usize,
    /// Folders, with [`Subfolders::Skip`].
    pub folders: usize,
    /// Links to folders. They are never followed, so that the search ends.
    pub linked_folders: usize,
}

impl AddAssign for LeftOut {
    fn add_assign(&mut self, more: Self) {
        self.other_files += more.other_files;
        self.hidden += more.hidden;
        self.folders += more.folders;
        self.linked_folders += more.linked_folders;
    }
}

/// Finds the photos of `names`: files, folders, and `-` for standard input. In a folder, it finds all files with the
/// extension of an image, without hidden ones.
pub fn find(names: &[PathBuf], subfolders: Subfolders) -> Found {
    let mut found = Found::default();
    for name in names {
        match Source::named(name) {
            Source::File(folder) if folder.is_dir() => {
                let before = (found.sources.len(), found.failed.len());
                found.walk(&folder, subfolders);
                if before == (found.sources.len(), found.failed.len()) {
                    found.fail(folder, "no images in this folder");
                }
            }
            // A named file may have any extension.
            source => found.sources.push(source),
        }
    }
    found
}

impl Found {
    /// Adds the images in `folder`, by their extension, without hidden ones.
    fn walk(&mut self, folder: &Path, subfolders: Subfolders) {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<DirEntry>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => return self.fail(folder.into(), &format!("cannot be read: {error}")),
        };
        entries.sort_by_key(DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                self.left_out.hidden += 1;
            } else if is_folder && subfolders == Subfolders::Search {
                self.walk(&path, subfolders);
            } else if is_folder {
                self.left_out.folders += 1;
            } else {
                self.take_file(path);
            }
        }
    }

    /// Adds the file at `path`, which may be a link, if it is an image.
    fn take_file(&mut self, path: PathBuf) {
        match fs::metadata(&path) {
            Ok(target) if target.is_dir() => self.left_out.linked_folders += 1,
            Ok(target) if target.is_file() && has_image_extension(&path) => {
                self.sources.push(Source::File(path));
            }
            // A link to a photo that is not there.
            Err(error) if has_image_extension(&path) => {
                self.fail(path, &format!("cannot be read: {error}"));
            }
            _ => self.left_out.other_files += 1,
        }
    }

    fn fail(&mut self, path: PathBuf, why: &str) {
        self.failed.push(Unusable {
            source: Source::File(path),
            error: Error::new(ErrorKind::Io, why),
        });
    }
}
