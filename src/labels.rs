//! Names of classes, and the search for a class by name.

use std::borrow::Cow;
use std::fs;
use std::path::Path;
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
    names: Arc<[Cow<'static, str>]>,
}

impl Labels {
    /// Creates the names of classes 0, 1 and so on.
    pub fn new<N: Into<Cow<'static, str>>>(names: impl IntoIterator<Item = N>) -> Self {
        Self {
            names: names.into_iter().map(N::into).collect(),
        }
    }

    /// Reads the names from a text file, one in each line.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if it cannot be read.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|error| Error::unreadable(path, error))?;
        Ok(Self::new(text.lines().map(str::to_owned)))
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether no class has a name.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// All names, in the order of their indices.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// The name of class `index`, if it has one.
    pub fn name(&self, index: usize) -> Option<&str> {
        self.names.get(index).map(|name| &**name)
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
                        self.names[near]
                    ),
                    None => format!("no class is called {text:?}, or anything near it"),
                })
            }
            [first, second, ..] => refused(format!(
                "{} classes have {text:?} in their names: {:?} and {:?}, for instance",
                found.len(),
                self.names[first],
                self.names[second]
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
