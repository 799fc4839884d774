//! Photos with their right classes, from class folders or from a label file.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use menagerie::photo::{self, Found, LeftOut, Source, Subfolders, Unusable};
use menagerie::{Error, ErrorKind, Result};

use super::class_names::ClassNames;
use super::label_file::Label;

/// Photos with their right classes.
#[derive(Default)]
pub struct Labelled {
    pub photos: Vec<(Source, usize)>,
    /// Photos that are not there, and folders without one.
    pub failed: Vec<Unusable>,
    /// What is in the folders and is no photo.
    pub left_out: LeftOut,
    /// The number of photos without a label.
    pub unlabelled: usize,
}

/// How the names of class folders become classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// Each is the name or the WordNet id of a class.
    Names,
    /// Each is the index of a class.
    Indices,
    /// The sorted names are classes 0, 1 and so on, as in torchvision's `ImageFolder`.
    Order,
}

impl Matching {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Matching::Names => "names",
            Matching::Indices => "indices",
            Matching::Order => "order",
        }
    }
}

impl Labelled {
    /// The photos in the folders of `folder`. The name of a folder is the class of its photos.
    ///
    /// # Errors
    /// `ErrorKind::Io` if `folder` cannot be read, `ErrorKind::Input` if its folders are not the classes of the network.
    pub fn by_folder(folder: &Path, names: &ClassNames) -> Result<(Self, Matching)> {
        let (folders, outside) = class_folders(folder)?;
        let (classes, matching) =
            classes_of(&folders, names).map_err(|error| error.in_context(folder.display()))?;
        let mut labelled = Self {
            left_out: outside.left_out,
            unlabelled: outside.sources.len(),
            ..Self::default()
        };
        // They are counted as folders of the search for photos outside of them.
        labelled.left_out.folders = 0;
        for (name, class) in folders.iter().zip(classes) {
            let found = photo::find(&[folder.join(name)], Subfolders::Search);
            labelled.add(found, |_| Some(class));
        }
        Ok((labelled, matching))
    }

    /// The photos in `folder` and below that `labels` name. A label names a photo by its path from `folder` on.
    ///
    /// # Errors
    /// `ErrorKind::Input` if two labels of one photo differ.
    pub fn by_file(folder: &Path, labels: &[Label]) -> Result<Self> {
        let mut classes: HashMap<PathBuf, usize> = HashMap::new();
        for Label { name, class } in labels {
            let path = folder.join(name);
            if let Some(other) = classes.insert(path, *class)
                && other != *class
            {
                return Err(Error::new(
                    ErrorKind::Input,
                    format!("{name:?} has two labels: class {other} and class {class}"),
                ));
            }
        }
        let mut labelled = Self::default();
        let found = photo::find(&[folder.to_path_buf()], Subfolders::Search);
        labelled.add(found, |path| classes.remove(path));
        // A labelled file may have any extension, and its name may be written in another way than the search does.
        let mut others: Vec<(PathBuf, usize)> = classes.into_iter().collect();
        others.sort();
        for (path, class) in others {
            labelled.photos.push((Source::File(path), class));
        }
        Ok(labelled)
    }

    fn add(&mut self, found: Found, mut class: impl FnMut(&Path) -> Option<usize>) {
        for source in found.sources {
            let known = match &source {
                Source::File(path) => class(path),
                _ => None,
            };
            match known {
                Some(class) => self.photos.push((source, class)),
                None => self.unlabelled += 1,
            }
        }
        self.failed.extend(found.failed);
        self.left_out += found.left_out;
    }
}

/// The names of the folders in `folder` that are not hidden, sorted as bytes, and what else is there.
fn class_folders(folder: &Path) -> Result<(Vec<OsString>, Found)> {
    let unreadable = |error: std::io::Error| {
        let message = format!("{}: cannot be read: {error}", folder.display());
        Error::new(ErrorKind::Io, message)
    };
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        // A link to a folder is a class, too.
        if !is_hidden && entry.path().is_dir() {
            folders.push(entry.file_name());
        }
    }
    folders.sort();
    if folders.is_empty() {
        return Err(Error::new(
            ErrorKind::Input,
            format!(
                "{}: expected a folder for each class, found none",
                folder.display()
            ),
        ));
    }
    let mut outside = photo::find(&[folder.to_path_buf()], Subfolders::Skip);
    outside.left_out.linked_folders = 0;
    Ok((folders, outside))
}

/// The classes of `folders`, which are sorted.
fn classes_of(folders: &[OsString], names: &ClassNames) -> Result<(Vec<usize>, Matching)> {
    let texts: Vec<&str> = folders.iter().filter_map(|name| name.to_str()).collect();
    let (found, classes) = (folders.len(), names.classes());
    if texts.len() == found {
        let named = texts.iter().map(|text| names.named(text));
        let named: Vec<Option<usize>> = named.collect::<Result<_>>()?;
        if let Some(named) = named.into_iter().collect() {
            return Ok((named, Matching::Names));
        }
    }
    if found == classes {
        return Ok(((0..classes).collect(), Matching::Order));
    }
    let indices = texts.iter().map(|text| text.parse().ok());
    let indices: Option<Vec<usize>> = indices.collect();
    match indices.filter(|all| texts.len() == found && all.iter().all(|&index| index < classes)) {
        Some(indices) => Ok((indices, Matching::Indices)),
        None => Err(Error::new(
            ErrorKind::Input,
            format!(
                "expected folders that are named after classes, or a folder for each of the {classes} classes, found \
                 {found}{}",
                unknown(&texts, names)
            ),
        )),
    }
}

/// One of the folders that is not a class, for an error.
fn unknown(folders: &[&str], names: &ClassNames) -> String {
    let is_unknown = |text: &&&str| names.class(text).is_err();
    match folders.iter().find(is_unknown) {
        Some(text) => format!(", one of them {text:?}"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(names: &[&str]) -> Vec<OsString> {
        let mut names: Vec<OsString> = names.iter().map(OsString::from).collect();
        names.sort();
        names
    }

    #[test]
    fn folders_are_classes_by_name_by_order_or_by_index() {
        let names = ClassNames::sample();
        for (folders, classes, matching) in [
            (&["n03", "tabby cat"][..], &[2, 0][..], Matching::Names),
            (&["c", "a", "b"], &[0, 1, 2], Matching::Order),
            (&["10", "9", "2"], &[0, 1, 2], Matching::Order),
            (&["2", "0"], &[0, 2], Matching::Indices),
        ] {
            let found = classes_of(&sorted(folders), &names).unwrap();
            assert_eq!(found, (classes.to_vec(), matching), "{folders:?}");
        }
        for (folders, says) in [
            (
                &["n01", "dog"][..],
                "expected folders that are named after classes, or a folder for each of the 3 classes, found 2, one of \
                 them \"dog\"",
            ),
            (
                &["crane"],
                "several classes are called \"crane\"; expected an index or a WordNet id",
            ),
        ] {
            let error = classes_of(&sorted(folders), &names).unwrap_err();
            assert_eq!(error.to_string(), says);
        }
    }
}
