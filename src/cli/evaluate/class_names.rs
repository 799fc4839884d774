//! Classes by the names that people give them in folders and label files.

use std::collections::HashMap;

use menagerie::network::NetworkBuilder;
use menagerie::{Error, ErrorKind, Labels, Result};

/// The names of a network's classes.
pub struct ClassNames {
    classes: usize,
    /// Classes by name in lower case, or by WordNet id. `None` if several classes have the name.
    named: HashMap<String, Option<usize>>,
}

impl ClassNames {
    /// The names of the classes of `network`: `labels`, or its own.
    ///
    /// # Errors
    /// Those of opening its weights.
    pub fn of(network: &mut NetworkBuilder<'_>, labels: Option<Labels>) -> Result<Self> {
        let (classes, own) = network.classes()?;
        Ok(Self::new(&labels.unwrap_or(own), classes))
    }

    fn new(labels: &Labels, classes: usize) -> Self {
        let mut named = HashMap::new();
        let mut add = |(index, name): (usize, &str)| {
            named
                .entry(plain(name))
                .and_modify(|class| *class = None)
                .or_insert(Some(index));
        };
        labels.names().enumerate().for_each(&mut add);
        let ids = (0..classes).filter_map(|index| Some((index, labels.wordnet_id(index)?)));
        ids.for_each(&mut add);
        Self { classes, named }
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The class that is called `text`, in upper or lower case and with `_` for a space, or has this WordNet id. `None` if
    /// there is no such class.
    ///
    /// # Errors
    /// `ErrorKind::Input` if several classes have this name.
    pub fn named(&self, text: &str) -> Result<Option<usize>> {
        match self.named.get(&plain(text)) {
            Some(None) => Err(Error::new(
                ErrorKind::Input,
                format!("several classes are called {text:?}; expected an index or a WordNet id"),
            )),
            Some(&class) => Ok(class),
            None => Ok(None),
        }
    }

    /// The class with the index or the name `text`.
    ///
    /// # Errors
    /// `ErrorKind::Input` if there is no such class, or several.
    pub fn class(&self, text: &str) -> Result<usize> {
        if let Some(class) = self.named(text)? {
            return Ok(class);
        }
        let classes = self.classes;
        match text.parse() {
            Ok(index) if index < classes => Ok(index),
            Ok(index) => Err(Error::new(
                ErrorKind::Input,
                format!("there is no class {index}: the network has {classes}, they count from 0"),
            )),
            Err(_) => Err(Error::new(
                ErrorKind::Input,
                format!("no class is called {text:?}, and it is not an index below {classes}"),
            )),
        }
    }
}

/// `name` as it is compared with others.
fn plain(name: &str) -> String {
    name.to_lowercase().replace('_', " ")
}

#[cfg(test)]
impl ClassNames {
    /// Three classes with names and ids, of which two have the same name.
    pub fn sample() -> Self {
        let labels = Labels::new(["Tabby cat", "crane", "crane"]);
        Self::new(&labels.with_wordnet_ids(["n01", "n02", "n03"]), 3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_a_name_an_id_or_an_index() {
        let names = ClassNames::sample();
        for (text, class) in [
            ("tabby CAT", 0),
            ("tabby_cat", 0),
            ("n03", 2),
            ("N02", 1),
            ("2", 2),
        ] {
            assert_eq!(names.class(text).unwrap(), class, "{text}");
        }
        for (text, says) in [
            (
                "3",
                "there is no class 3: the network has 3, they count from 0",
            ),
            (
                "cat",
                "no class is called \"cat\", and it is not an index below 3",
            ),
            (
                "Crane",
                "several classes are called \"Crane\"; expected an index or a WordNet id",
            ),
        ] {
            assert_eq!(names.class(text).unwrap_err().to_string(), says);
        }
    }
}
