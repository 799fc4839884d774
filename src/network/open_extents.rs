//! Extents of inputs that a network leaves open, and what sets them.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};

/// What sets open extents.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenExtents {
    /// The extents that a model file calls by these names.
    pub by_name: BTreeMap<String, usize>,
    /// Extents of the tensors of an input, or of the only one if it has no name here.
    pub of_inputs: Vec<(Option<String>, Vec<usize>)>,
}

impl OpenExtents {
    /// The extents of all inputs by name, if the names of the inputs are `names`.
    #[cfg(feature = "onnx")]
    pub fn of_inputs(&self, names: &[&str]) -> BTreeMap<String, Vec<usize>> {
        let only = names.first().filter(|_| names.len() == 1);
        let named = self.of_inputs.iter().filter_map(|(name, extents)| {
            let name = name.as_deref().or(only.copied())?;
            Some((name.to_owned(), extents.clone()))
        });
        named.collect()
    }

    /// The height and width of the tensors of the only input, if they are images.
    pub fn size(&self) -> Option<[usize; 2]> {
        match self.of_inputs.as_slice() {
            [(_, extents)] => match extents[..] {
                [_, _, height, width] => Some([height, width]),
                _ => None,
            },
            _ => None,
        }
    }

    /// Checks that no extent has a name, for `network`, which has none with a name.
    pub fn check_no_names(&self, network: &str) -> Result<()> {
        match self.by_name.keys().next() {
            None => Ok(()),
            Some(name) => Err(Error::new(
                ErrorKind::Input,
                format!("{network} has no extents with a name, found {name:?}"),
            )),
        }
    }
}
