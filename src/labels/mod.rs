//! Names of classes, and the search for a class by name.

mod read;

use std::borrow::Cow;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::suggestion::nearest;

/// Names of classes, in the order of their indices. There are none if only the number of classes is known, as for many
/// weights. Clones share the names.
///
/// ```
/// use menagerie::Labels;
///
/// let labels = Labels::new(["tiger cat", "Persian cat", "coffee mug"]);
/// assert_eq!(labels.name(1), Some("Persian cat"));
/// assert_eq!(labels.find("mug", 3)?, 2);
/// assert_eq!(labels.find("0", 3)?, 0);
/// assert_eq!(Labels::default().label(7), "class 7");
/// # Ok::<(), menagerie::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    labels: Arc<[Label]>,
}

/// The name of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Label {
    name: Cow<'static, str>,
    /// The id of its noun in WordNet, as ImageNet's classes have it.
    wordnet_id: Option<Cow<'static, str>>,
}

impl Labels {
    /// Creates the names of classes 0, 1 and so on.
    pub fn new<N: Into<Cow<'static, str>>>(names: impl IntoIterator<Item = N>) -> Self {
        let labels = names.into_iter().map(|name| Label {
            name: name.into(),
            wordnet_id: None,
        });
        Self::of_labels(labels)
    }

    fn of_labels(labels: impl IntoIterator<Item = Label>) -> Self {
        Self {
            labels: labels.into_iter().collect(),
        }
    }

    /// Adds the WordNet id of each class, in the order of their indices. Classes behind the last id get none.
    pub fn with_wordnet_ids<I: Into<Cow<'static, str>>>(
        &self,
        ids: impl IntoIterator<Item = I>,
    ) -> Self {
        let ids = ids.into_iter().map(|id| Some(id.into()));
        let ids = ids.chain(std::iter::repeat(None));
        let labels = self.labels.iter().zip(ids);
        Self::of_labels(labels.map(|(label, wordnet_id)| Label {
            name: label.name.clone(),
            wordnet_id,
        }))
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether no class has a name.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// All names, in the order of their indices.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.labels.iter().map(|label| &*label.name)
    }

    /// The name of class `index`, if it has one.
    pub fn name(&self, index: usize) -> Option<&str> {
        self.labels.get(index).map(|label| &*label.name)
    }

    /// The WordNet id of class `index`, such as `n02123159`, if it is known.
    pub fn wordnet_id(&self, index: usize) -> Option<&str> {
        self.labels.get(index)?.wordnet_id.as_deref()
    }

    /// The name of class `index`, or `class INDEX` if it has none.
    pub fn label(&self, index: usize) -> Cow<'_, str> {
        match self.name(index) {
            Some(name) => name.into(),
            None => format!("class {index}").into(),
        }
    }

    /// Finds one of `classes` classes by its index, by its name in upper or lower case, or by a part of the name that
    /// is unique.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is no such class, or if several match.
    pub fn find(&self, text: &str, classes: usize) -> Result<usize> {
        let refused = |message: String| Err(Error::new(ErrorKind::Input, message));
        // A digit is also a name of a class of its own, with the same index.
        if let Ok(index) = text.parse::<usize>() {
            return match index < classes {
                true => Ok(index),
                false => refused(format!(
                    "there is no class {index}: the network has {classes}, they count from 0"
                )),
            };
        }
        if self.is_empty() {
            return refused(format!(
                "these classes have no names: expected an index below {classes}, found {text:?}"
            ));
        }
        let wanted = text.to_lowercase();
        let lowercase: Vec<String> = self.names().map(str::to_lowercase).collect();
        if let Some(index) = lowercase.iter().position(|name| *name == wanted) {
            return Ok(index);
        }
        let has_it = |index: &usize| lowercase[*index].contains(&wanted);
        let found: Vec<usize> = (0..self.len()).filter(has_it).collect();
        match found[..] {
            [index] => Ok(index),
            [] => {
                let near = nearest(lowercase.iter().map(String::as_str), &wanted);
                let near = near.and_then(|near| lowercase.iter().position(|name| name == near));
                refused(match near {
                    Some(near) => format!(
                        "no class is called {text:?}; did you mean {:?}?",
                        self.labels[near].name
                    ),
                    None => format!("no class is called {text:?}, or anything near it"),
                })
            }
            [first, second, ..] => refused(format!(
                "{} classes have {text:?} in their names: {:?} and {:?}, for instance",
                found.len(),
                self.labels[first].name,
                self.labels[second].name
            )),
        }
    }
}

impl From<Vec<String>> for Labels {
    fn from(names: Vec<String>) -> Self {
        Self::new(names)
    }
}

impl<const N: usize> From<[&'static str; N]> for Labels {
    fn from(names: [&'static str; N]) -> Self {
        Self::new(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["tiger cat", "Persian cat", "tiger", "coffee mug"];

    #[test]
    fn names_are_read_from_any_of_these_files() {
        let with_ids = [
            ("tench", Some("n01440764")),
            ("goldfish", Some("n01443537")),
        ];
        let plain = [("tench", None), ("goldfish", None)];
        for (text, expected) in [
            ("tench\ngoldfish\n", plain),
            ("\u{feff}tench\r\ngoldfish\r\n\n", plain),
            ("n01440764 tench\nn01443537 goldfish", with_ids),
            ("n01440764,tench\nn01443537,goldfish", with_ids),
            (r#"["tench", "goldfish"]"#, plain),
            (r#"{"1": "goldfish", "0": "tench"}"#, plain),
            (r#"{"goldfish": 1, "tench": 0}"#, plain),
            (
                r#"{"x": 1, "id2label": {"0": "tench", "1": "goldfish"}}"#,
                plain,
            ),
            (
                r#"{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}"#,
                with_ids,
            ),
        ] {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), text).unwrap();
            let labels = Labels::read(file.path()).unwrap();
            let found = [0, 1].map(|index| (labels.name(index).unwrap(), labels.wordnet_id(index)));
            assert_eq!((labels.len(), found), (2, expected), "{text}");
        }
        for text in [
            "{",
            "[1]",
            r#"{"0": "tench", "2": "goldfish"}"#,
            r#"{"a": "b"}"#,
        ] {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), text).unwrap();
            let error = Labels::read(file.path()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Input, "{text}");
        }
    }

    #[test]
    fn a_class_is_an_index_a_name_or_a_part_of_one() {
        let labels = Labels::new(NAMES);
        for (text, expected) in [("3", 3), ("tiger", 2), ("persian CAT", 1), ("mug", 3)] {
            assert_eq!(labels.find(text, 4).unwrap(), expected, "{text}");
        }
        assert_eq!(Labels::default().find("6", 7).unwrap(), 6);
    }

    #[test]
    fn what_is_no_class_is_told_what_there_is() {
        let (named, nameless) = (Labels::new(NAMES), Labels::default());
        for (text, labels, says) in [
            (
                "4",
                &named,
                "there is no class 4: the network has 4, they count from 0",
            ),
            (
                "tigre",
                &named,
                "no class is called \"tigre\"; did you mean \"tiger\"?",
            ),
            (
                "cat",
                &named,
                "2 classes have \"cat\" in their names: \"tiger cat\" and \"Persian cat\", for instance",
            ),
            (
                "aardvark",
                &named,
                "no class is called \"aardvark\", or anything near it",
            ),
            (
                "cat",
                &nameless,
                "these classes have no names: expected an index below 4, found \"cat\"",
            ),
        ] {
            assert_eq!(labels.find(text, 4).unwrap_err().to_string(), says);
        }
    }
}
