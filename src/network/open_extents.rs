//! Extents of inputs that a network leaves open, and what sets them.

use std::collections::BTreeMap;

use super::NetworkBuilder;
use super::builder::Named;
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
}

impl NetworkBuilder<'_> {
    /// The height and width of images that the tensors of the only input of a network of the zoo have.
    pub(super) fn size_of_tensors(&self) -> Option<[usize; 2]> {
        match (&self.network, self.extents.of_inputs.as_slice()) {
            (Named::Zoo(_), [(_, extents)]) => match extents[..] {
                [_, _, height, width] => Some([height, width]),
                _ => None,
            },
            _ => None,
        }
    }

    /// Checks that no extents of a network that has none by name are set.
    pub(super) fn check_no_names(&self) -> Result<()> {
        match self.extents.by_name.keys().next() {
            None => Ok(()),
            Some(name) => Err(Error::new(
                ErrorKind::Input,
                format!(
                    "{} has no extents with a name, found {name:?}",
                    self.network_name()
                ),
            )),
        }
    }
}
