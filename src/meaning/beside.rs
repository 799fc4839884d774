//! Preprocessing and labels in files beside weights or a model: in their folder, or in the folder above.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::config::Config;
use crate::labels::Labels;

/// Files of JSON.
const CONFIGS: [&str; 2] = ["preprocessor_config.json", "config.json"];
/// Files of names, in the formats of [`Labels::read`]. A text file with the name of the weights is one, too.
const NAMES: [&str; 4] = ["labels.txt", "synset.txt", "classes.txt", "labels.json"];
/// The most bytes of such a file. More is something else.
const LARGEST: u64 = 16 << 20;

/// A file that cannot be used.
pub(crate) struct Unread {
    pub path: PathBuf,
    pub reason: String,
}

/// Reads the files beside the weights or the model at `path`, for a network of `classes` classes, or 0 if its answer is
/// something else. The first one that says something counts.
pub(crate) fn beside(path: &Path, classes: usize) -> (Config, Vec<Unread>) {
    let mut unread = Vec::new();
    let mut found = Config::default();
    let mut refuse = |path: PathBuf, reason: String| unread.push(Unread { path, reason });
    let names_fit = |labels: &Labels| match fits(labels, classes) {
        true => Ok(()),
        false => {
            let has = match classes {
                0 => "no scores of classes".to_owned(),
                classes => classes.to_string(),
            };
            let names = labels.len();
            Err(format!(
                "it names {names} classes, and the network has {has}"
            ))
        }
    };
    for path in names(path) {
        let labels = Labels::read(&path).map_err(|error| error.to_string());
        match labels.and_then(|labels| names_fit(&labels).map(|()| labels)) {
            Ok(labels) => found.labels = found.labels.or(Some(labels)),
            Err(reason) => refuse(path, reason),
        }
    }
    for path in configs(path) {
        match config(&path) {
            Ok(mut config) => {
                if let Some(labels) = &config.labels
                    && let Err(reason) = names_fit(labels)
                {
                    config.labels = None;
                    refuse(path, reason);
                }
                found.adjustments = found.adjustments.or(config.adjustments);
                found.labels = found.labels.or(config.labels);
                found.architecture = found.architecture.or(config.architecture);
            }
            Err(reason) => refuse(path, reason),
        }
    }
    (found, unread)
}

/// The files beside the weights or the model at `path` that are read for it.
pub(crate) fn files(path: &Path) -> impl Iterator<Item = PathBuf> {
    names(path).into_iter().chain(configs(path))
}

/// The files of names for the weights at `path`.
fn names(path: &Path) -> Vec<PathBuf> {
    let own = path.with_extension("txt");
    let own = own.file_name().and_then(|name| name.to_str());
    present(path, own.into_iter().chain(NAMES))
}

/// The files of JSON for the weights at `path`.
fn configs(path: &Path) -> Vec<PathBuf> {
    present(path, CONFIGS.into_iter())
}

/// The files of these names in the folder of `path`, and then those in the folder above.
fn present<'a>(path: &Path, names: impl Iterator<Item = &'a str> + Clone) -> Vec<PathBuf> {
    let folder = path
        .parent()
        .map(|folder| match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        });
    // `..` works for a folder without a parent in its path.
    let above = folder.map(|folder| match folder.parent() {
        Some(above) if !above.as_os_str().is_empty() && folder.file_name().is_some() => {
            above.to_path_buf()
        }
        _ => folder.join(".."),
    });
    let folders = folder.map(Path::to_path_buf).into_iter().chain(above);
    let paths = folders.flat_map(|folder| names.clone().map(move |name| folder.join(name)));
    paths.filter(|path| is_small_file(path)).collect()
}

/// Whether these are the names of so many classes. One score separates two classes.
pub(crate) fn fits(labels: &Labels, classes: usize) -> bool {
    labels.len() == classes || (classes == 1 && labels.len() == 2)
}

fn config(path: &Path) -> Result<Config, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Config::read(&object),
        Ok(_) => Err("expected a JSON object, found another value".into()),
        Err(error) => Err(format!("invalid JSON: {error}")),
    }
}

fn is_small_file(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= LARGEST)
}
