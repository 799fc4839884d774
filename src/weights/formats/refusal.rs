//! Why a file was not accepted.

use std::error::Error as StdError;
use std::io;
use std::path::Path;

use crate::error::{Error, ErrorKind};

/// Why a file was not accepted, without the file's name.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Reading failed.
    Unreadable(io::Error),
    /// The content is damaged or of another format: one line of text.
    Content(String, Option<Box<dyn StdError + Send + Sync>>),
}

impl Refusal {
    /// Returns a refusal of the content.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self::Content(message.into(), None)
    }

    /// Returns the refusal of a damaged file of `format`.
    pub(super) fn damaged(format: &str, reason: impl std::fmt::Display) -> Self {
        Self::new(format!("not a valid {format} file: {reason}"))
    }

    /// Adds the error that caused it.
    pub(super) fn caused_by(self, error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        match self {
            Self::Content(message, _) => Self::Content(message, Some(error.into())),
            unreadable => unreadable,
        }
    }

    /// Puts the name of a part of the file before the message.
    pub(super) fn in_part(self, part: &str) -> Self {
        match self {
            Self::Unreadable(error) => Self::Content(
                format!("{part}: cannot be read: {error}"),
                Some(error.into()),
            ),
            Self::Content(message, cause) => Self::Content(format!("{part}: {message}"), cause),
        }
    }

    /// Returns the error about the file `label`. A refusal of the content is of `kind`.
    pub(crate) fn of(self, label: &str, kind: ErrorKind) -> Error {
        match self {
            Self::Unreadable(error) => Error::unreadable(Path::new(label), error),
            Self::Content(message, cause) => {
                let error = Error::new(kind, format!("{label}: {message}"));
                match cause {
                    Some(cause) => error.caused_by(cause),
                    None => error,
                }
            }
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}
