//! Published weights of the zoo's networks.

use super::Model;
use crate::error::{Error, ErrorKind, Result};
use crate::hub::Repository;
use crate::preprocess::Preprocess;

/// Trained weights of a network on the Hugging Face Hub.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Published {
    /// Their repository.
    pub repository: Repository,
    /// The preprocessing of their publisher. It may differ from that of the reference implementation.
    pub preprocess: Preprocess,
    /// A tensor name that occurs in files of this publisher, and not in those of the reference implementation. `None`
    /// if the names are the same.
    pub(super) own_tensor: Option<&'static str>,
}

impl Model {
    /// The repository of its published weights.
    ///
    /// # Errors
    /// [`ErrorKind::UnpublishedWeights`] if it has none.
    pub fn repository(&self) -> Result<Repository> {
        match self.published {
            Some(published) => Ok(published.repository),
            None => Err(Error::new(
                ErrorKind::UnpublishedWeights,
                format!("{}: the Hub has no weights of it", self.name),
            )),
        }
    }

    /// Adds the weights of the Hub's repository `id`, with their preprocessing.
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

    /// Adds the tensor `name` that identifies the published weights.
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
