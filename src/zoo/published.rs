//! Weights that are published for networks of the zoo.

use super::Model;
use crate::error::{Error, ErrorKind, Result};
use crate::hub::Repository;
use crate::preprocess::Preprocess;

/// Trained weights of a network on the Hugging Face Hub.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published {
    /// Where they are.
    pub repository: Repository,
    /// How a photo becomes the input for these weights, as those who publish them evaluate them. It may
    /// differ from what the reference implementation does.
    pub preprocess: Preprocess,
}

impl Model {
    /// The repository of its published weights.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`] where there is none, saying what to do instead.
    pub fn repository(&self) -> Result<Repository> {
        match self.published {
            Some(published) => Ok(published.repository),
            None => Err(Error::new(
                ErrorKind::Weights,
                format!(
                    "{}: the Hub has no weights of it; pass --weights with a safetensors file: \
                     tools/convert.py makes one from a checkpoint of the reference implementation",
                    self.name
                ),
            )),
        }
    }

    /// This network with the weights in the Hub's repository `id`, evaluated so.
    pub(super) const fn on_hub(self, id: &'static str, preprocess: Preprocess) -> Self {
        let repository = Repository {
            id,
            revision: "main",
        };
        Self {
            published: Some(Published {
                repository,
                preprocess,
            }),
            ..self
        }
    }
}
