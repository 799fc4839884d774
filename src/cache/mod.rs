//! A cache of what is known of this machine's adapters, for later runs of a program. It has a JSON file for each topic of
//! measurements and each adapter, which is valid for one driver and one version of this crate, and a file with compiled
//! kernels ([`Gpu::keeping_pipelines`](crate::gpu::Gpu::keeping_pipelines)).

#[cfg(not(target_arch = "wasm32"))]
mod pipelines;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use serde_json::{Value, json};

use crate::atomic_write;
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::AdapterDescription;
use crate::regular_file;

/// Longest file that is read.
const LONGEST: u64 = 16 << 20;

/// A folder of measurements. It may be removed at any time: missing values are measured again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The user's cache: `menagerie` in `$XDG_CACHE_HOME` or else in `~/.cache`; on Windows in `%LOCALAPPDATA%`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the user has no home directory.
    pub fn of_user() -> Result<Self> {
        match etcetera::choose_base_strategy() {
            Ok(directories) => Ok(Self::in_folder(directories.cache_dir().join("menagerie"))),
            Err(error) => Err(Error::new(
                ErrorKind::Io,
                format!("no cache directory: {error}"),
            )),
        }
    }

    /// The cache in `folder`, which is created by the first [`Cache::keep`].
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// The file with the measurements of `topic` on `adapter`.
    pub fn path(&self, topic: &str, adapter: &AdapterDescription) -> PathBuf {
        let name = format!("{topic} {} {}", adapter.name, adapter.backend);
        let words: Vec<&str> = name
            .split(|character: char| !character.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let mut name = words.join("-").to_ascii_lowercase();
        // File names may have at most 255 bytes.
        name.truncate(200);
        self.folder.join(name + ".json")
    }

    /// Reads the measurements of `topic` on `adapter` and parses them by `parse`. Returns `None` if there are none.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the file cannot be read or parsed, or was measured with another driver or version. The message
    /// names the file. Then measure again.
    pub fn find<T>(
        &self,
        topic: &str,
        adapter: &AdapterDescription,
        parse: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>> {
        let path = self.path(topic, adapter);
        use io::ErrorKind::{NotADirectory, NotFound};
        let text = match read(&path) {
            Err(error) if matches!(error.kind(), NotFound | NotADirectory) => return Ok(None),
            text => text.map_err(|error| unusable(&path, format!("cannot be read: {error}")))?,
        };
        let file: Value = serde_json::from_str(&text)
            .map_err(|error| unusable(&path, format!("not JSON: {error}")).caused_by(error))?;
        for (key, expected) in origin(adapter) {
            let found = &file[key];
            if found != expected {
                return Err(unusable(
                    &path,
                    format!("measured with the {key} {found}, and this is \"{expected}\""),
                ));
            }
        }
        match parse(&file[topic]) {
            Some(value) => Ok(Some(value)),
            None => Err(unusable(&path, format!("holds no sound {topic}"))),
        }
    }

    /// Stores `value` as the measurements of `topic` on `adapter`, in place of older ones.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the folder or file cannot be written.
    pub fn keep(&self, topic: &str, adapter: &AdapterDescription, value: Value) -> Result<()> {
        let path = self.path(topic, adapter);
        std::fs::create_dir_all(&self.folder).map_err(|error| {
            let folder = self.folder.display();
            Error::new(ErrorKind::Io, format!("{folder}: cannot be made: {error}"))
        })?;
        let mut file = json!({ topic: value });
        for (key, value) in origin(adapter) {
            file[key] = value.into();
        }
        atomic_write::write(&path, format!("{file:#}\n").as_bytes())
    }
}

/// The conditions under which measurements are valid.
fn origin(adapter: &AdapterDescription) -> [(&'static str, &str); 4] {
    [
        ("version", env!("CARGO_PKG_VERSION")),
        ("adapter", &adapter.name),
        ("backend", &adapter.backend),
        ("driver", &adapter.driver),
    ]
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    regular_file::open(path)?
        .take(LONGEST)
        .read_to_string(&mut text)?;
    Ok(text)
}

fn unusable(path: &Path, what: String) -> Error {
    Error::new(ErrorKind::Io, format!("{}: {what}", path.display()))
}
