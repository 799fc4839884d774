//! The one error type: a kind for programs, one line for people, and what caused it.

use std::error::Error as StdError;
use std::fmt;
use std::path::Path;

/// What went wrong, in one line that names the thing, what was expected and what was found.
///
/// ```
/// use menagerie::{ErrorKind, zoo};
///
/// let error = zoo::find("resnet51").err().expect("there is no such network");
/// assert_eq!((error.kind(), error.kind().code()), (ErrorKind::UnknownModel, "unknown_model"));
/// assert_eq!(error.to_string(), "no model is called \"resnet51\"; did you mean resnet50?");
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The class of an [`Error`], for callers that react to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A model name that the zoo does not have.
    UnknownModel,
    /// A task that the network does not answer: a mask of a network that classifies, say.
    WrongTask,
    /// The name of a layer that a network does not have.
    UnknownLayer,
    /// Shapes that do not fit an operation: an image too small for a network, say.
    Shape,
    /// A weights file that cannot be read, or does not belong to the network.
    Weights,
    /// A weights file with several copies of the network, of which none was chosen.
    AmbiguousWeights,
    /// A value of the weights or of an answer that is NaN or infinite.
    NotFinite,
    /// A parameter or a result of a layer beyond the range of the precision that it is stored in.
    BeyondRange,
    /// A model file that cannot be read, such as an ONNX file.
    Model,
    /// An extent that a model file leaves open, and that no option sets.
    OpenExtent,
    /// No weights of the network on this machine, but published ones that can be downloaded.
    MissingWeights,
    /// No weights of the network on this machine, and none that can be downloaded.
    UnpublishedWeights,
    /// An image or tensor that cannot be used as a network's input.
    Input,
    /// A photo with more pixels than may be decoded.
    TooManyPixels,
    /// No adapter at all.
    Adapter,
    /// No adapter of the name or index that was asked for.
    UnknownAdapter,
    /// Something larger than the adapter's limits.
    Limit,
    /// Too little memory on the device, or a memory guard that allows no more
    /// ([`Gpu::with_memory_guard`](crate::gpu::Gpu::with_memory_guard)): smaller batches need less.
    OutOfMemory,
    /// An operation that no kernel computes on the device, or something that the executor cannot do.
    Unsupported,
    /// A device whose answer is not that of the reference executor.
    SelfTest,
    /// The device failed or refused.
    Device,
    /// The device was lost, and all that was on it: make another one, and new sessions from the same graph
    /// and weights.
    DeviceLost,
    /// A file could not be read or written.
    Io,
    /// A server could not be reached.
    Unreachable,
    /// A server did not answer as it should, or may not be asked.
    Server,
}

impl ErrorKind {
    /// Its name for other languages and for logs: lower case, words joined by `_`. A kind keeps its code from one
    /// version of the crate to the next, and no two kinds share one.
    pub const fn code(self) -> &'static str {
        match self {
            ErrorKind::UnknownModel => "unknown_model",
            ErrorKind::WrongTask => "wrong_task",
            ErrorKind::UnknownLayer => "unknown_layer",
            ErrorKind::Shape => "shape",
            ErrorKind::Weights => "weights",
            ErrorKind::AmbiguousWeights => "ambiguous_weights",
            ErrorKind::NotFinite => "not_finite",
            ErrorKind::BeyondRange => "beyond_range",
            ErrorKind::Model => "model",
            ErrorKind::OpenExtent => "open_extent",
            ErrorKind::MissingWeights => "missing_weights",
            ErrorKind::UnpublishedWeights => "unpublished_weights",
            ErrorKind::Input => "input",
            ErrorKind::TooManyPixels => "too_many_pixels",
            ErrorKind::Adapter => "no_adapter",
            ErrorKind::UnknownAdapter => "unknown_adapter",
            ErrorKind::Limit => "limit",
            ErrorKind::OutOfMemory => "out_of_memory",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::SelfTest => "self_test",
            ErrorKind::Device => "device",
            ErrorKind::DeviceLost => "device_lost",
            ErrorKind::Io => "io",
            ErrorKind::Unreachable => "unreachable",
            ErrorKind::Server => "server",
        }
    }
}

/// The crate's result type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind` with its one line for people.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// The same error, caused by `source`. Its message should say what `source` says: programs that print one line
    /// print no more than it.
    pub fn caused_by(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    /// That the file or folder at `path` cannot be read.
    pub(crate) fn unreadable(path: &Path, why: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let (path, why) = (path.display(), why.into());
        Self::new(ErrorKind::Io, format!("{path}: cannot be read: {why}")).caused_by(why)
    }

    /// That the file or folder at `path` cannot be written.
    pub(crate) fn unwritable(path: &Path, why: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let (path, why) = (path.display(), why.into());
        Self::new(ErrorKind::Io, format!("{path}: cannot be written: {why}")).caused_by(why)
    }

    /// The class of this error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The same error with `what` in front: the file, node or command it happened in.
    pub fn in_context(self, what: impl fmt::Display) -> Self {
        Self {
            message: format!("{what}: {}", self.message),
            ..self
        }
    }

    /// The same error with `advice` behind it: what can be done about it.
    pub fn with_advice(self, advice: impl fmt::Display) -> Self {
        let end = if self.message.ends_with('?') { "" } else { ";" };
        Self {
            message: format!("{}{end} {advice}", self.message),
            ..self
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_kind_and_cause_whatever_is_added() {
        let cause = std::io::Error::other("the disk is on fire");
        let error = Error::unreadable(Path::new("a.png"), cause);
        let error = error.in_context("classify").with_advice("call for help");
        assert_eq!(
            error.to_string(),
            "classify: a.png: cannot be read: the disk is on fire; call for help"
        );
        assert_eq!(error.kind(), ErrorKind::Io);
        let source = error.source().map(ToString::to_string);
        assert_eq!(source.as_deref(), Some("the disk is on fire"));
        assert!(Error::new(ErrorKind::Input, "no photo").source().is_none());
    }
}
