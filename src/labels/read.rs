//! Names of classes in files: a name in each line, lines of WordNet ids, and JSON.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::{Label, Labels};
use crate::error::{Error, ErrorKind, Result};
use crate::text_file;

/// Digits of a WordNet id after its `n`.
const ID_DIGITS: usize = 8;

impl Labels {
    /// Reads the names from a file, as [`Labels::parse`] does.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if it cannot be read, and those of [`Labels::parse`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::parse(&path.display().to_string(), &text_file::read(path)?)
    }

    /// Parses the text of a file of names. Messages call it `name`. It is one of:
    ///
    /// - text with a name in each line: `tiger cat`;
    /// - text with a WordNet id in each line, and a name behind it: `n02123159 tiger cat`;
    /// - a JSON list, or a JSON object by index, of names or of pairs of WordNet id and name, as Keras's
    ///   `imagenet_class_index.json`; a JSON object from name to index; or an object that contains one of these as
    ///   `id2label`.
    ///
    /// ```
    /// let labels = menagerie::Labels::parse("synset.txt", "n02123159 tiger cat\nn07930864 cup\n")?;
    /// assert_eq!(labels.name(1), Some("cup"));
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if it has no name, or is JSON of another form.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let text = text.trim_start_matches('\u{feff}');
        let refused = |what: String| {
            let message = format!("{name}: expected names of classes, found {what}");
            Error::new(ErrorKind::Input, message)
        };
        let labels = match text.trim_start().starts_with(['[', '{']) {
            false => Self::of_labels(text.trim_end().lines().map(line)),
            true => {
                let value: Value = serde_json::from_str(text)
                    .map_err(|error| refused(format!("invalid JSON: {error}")))?;
                Self::of_json(&value)
                    .ok_or_else(|| refused("JSON without a name for each index".into()))?
            }
        };
        match labels.is_empty() {
            true => Err(refused("none".into())),
            false => Ok(labels),
        }
    }

    /// The names in a JSON value, if it has a name for each index.
    pub(crate) fn of_json(value: &Value) -> Option<Self> {
        match value {
            Value::Array(values) => {
                let labels: Option<Vec<Label>> = values.iter().map(label).collect();
                Some(Self::of_labels(labels?))
            }
            Value::Object(entries) => {
                if let Some(inner) = entries.get("id2label") {
                    return Self::of_json(inner);
                }
                let mut labels = BTreeMap::new();
                for (key, value) in entries {
                    let (index, label) = match (key.parse::<usize>(), value.as_u64()) {
                        (Ok(index), _) => (index, label(value)?),
                        (Err(_), Some(index)) => (usize::try_from(index).ok()?, line(key)),
                        (Err(_), None) => return None,
                    };
                    labels.insert(index, label);
                }
                let is_whole =
                    labels.len() == entries.len() && labels.keys().copied().eq(0..labels.len());
                is_whole.then(|| Self::of_labels(labels.into_values()))
            }
            _ => None,
        }
    }
}

/// A name, or a pair of WordNet id and name.
fn label(value: &Value) -> Option<Label> {
    if let Value::Array(pair) = value {
        let [id, name] = pair.as_slice() else {
            return None;
        };
        return Some(Label {
            name: name.as_str()?.to_owned().into(),
            wordnet_id: Some(id.as_str()?.to_owned().into()),
        });
    }
    Some(line(value.as_str()?))
}

/// A name, or a WordNet id with a name behind it.
fn line(text: &str) -> Label {
    let text = text.trim();
    let (first, rest) = text
        .split_once(|letter: char| letter.is_whitespace() || letter == ',')
        .unwrap_or((text, ""));
    match is_wordnet_id(first) {
        true => {
            let rest = rest.trim();
            let name = if rest.is_empty() { first } else { rest };
            Label {
                name: name.to_owned().into(),
                wordnet_id: Some(first.to_owned().into()),
            }
        }
        false => Label {
            name: text.to_owned().into(),
            wordnet_id: None,
        },
    }
}

/// Whether `text` is the id of a noun in WordNet, such as `n02123159`.
fn is_wordnet_id(text: &str) -> bool {
    let digits = text.strip_prefix('n').unwrap_or_default();
    digits.len() == ID_DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit())
}
