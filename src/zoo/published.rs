//! Weights that are published for networks of the zoo.

use super::Model;
use crate::error::{Error, ErrorKind, Result};
use crate::hub::Repository;
use crate::preprocess::Preprocess;

/// Trained weights of a network on the Hugging Face Hub.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Published {
    /// Where they are.
    pub repository: Repository,
    /// How a photo becomes the input for these weights, as those who publish them evaluate them. It may
    /// differ from what the reference implementation does.
    pub preprocess: Preprocess,
    /// A tensor that files of this publisher have and those of the reference implementation have not, where they name
    /// tensors differently.
    pub(super) own_tensor: Option<&'static str>,
}

impl Model {
    /// The repository of its published weights.
    ///
    /// # Errors
    /// [`ErrorKind::UnpublishedWeights`] if there is none.
    pub fn repository(&self) -> Result<Repository> {
        match self.published {
            Some(published) => Ok(published.repository),
            None => Err(Error::new(
                ErrorKind::UnpublishedWeights,
                format!("{}: the Hub has no weights of it", self.name),
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
                own_tensor: None,
            }),
            ..self
        }
    }

    /// This network, whose published weights can be told by the tensor `name`.
    pub(super) const fn with_tensor(self, name: &'static str) -> Self {
        match self.published {
            Some(published) => Self {
                published: Some(Published {
                    own_tensor: Some(name),
                    ..published
                }),
                ..self
            },
            None => self,
        }
    }
}
