//! The one error type: a kind for programs, one line for people.

use std::fmt;
use std::path::Path;

/// What went wrong, in one line that names the thing, what was expected and what was found.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

/// The class of an [`Error`], for callers that react to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A model name that the zoo does not have.
    UnknownModel,
    /// The name of a layer that a network does not have.
    UnknownLayer,
    /// Shapes that do not fit an operation: an image too small for a network, say.
    Shape,
    /// A weights file that cannot be read, or does not belong to the network.
    Weights,
    /// An image or tensor that cannot be used as a network's input.
    Input,
    /// No adapter of the asked-for name, or none at all.
    Adapter,
    /// Something larger than the adapter's limits.
    Limit,
    /// An operation that no kernel computes on the device.
    Unsupported,
    /// The device failed or refused.
    Device,
    /// The device was lost, and all that was on it: make another one, and new sessions from the same graph
    /// and weights.
    DeviceLost,
    /// A file could not be read or written.
    Io,
    /// A server could not be reached, or did not answer as it should.
    Network,
}

/// The crate's result type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind` with its one line for people.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// That the file or folder at `path` cannot be read.
    pub(crate) fn unreadable(path: &Path, why: impl fmt::Display) -> Self {
        let path = path.display();
        Self::new(ErrorKind::Io, format!("{path}: cannot be read: {why}"))
    }

    /// That the file or folder at `path` cannot be written.
    pub(crate) fn unwritable(path: &Path, why: impl fmt::Display) -> Self {
        let path = path.display();
        Self::new(ErrorKind::Io, format!("{path}: cannot be written: {why}"))
    }

    /// The class of this error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The same error with `what` in front: the file, node or command it happened in.
    pub fn in_context(self, what: impl fmt::Display) -> Self {
        Self {
            kind: self.kind,
            message: format!("{what}: {}", self.message),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
