//! The library's errors as Python's exceptions.

use menagerie::{Error, ErrorKind};
use pyo3::prelude::*;

/// The exception for `error`, with its message and its code.
pub fn exception(py: Python<'_>, error: &Error) -> PyErr {
    raised(
        py,
        class(error.kind()),
        &error.to_string(),
        error.kind().code(),
    )
}

/// The exception for an argument of the wrong kind.
pub fn wrong_input(py: Python<'_>, message: &str) -> PyErr {
    raised(py, "InputError", message, ErrorKind::Input.code())
}

/// An exception of `menagerie._errors`.
pub fn raised(py: Python<'_>, class: &str, message: &str, code: &str) -> PyErr {
    let class = py
        .import("menagerie._errors")
        .and_then(|errors| errors.getattr(class));
    match class.and_then(|class| class.call1((message, code))) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

/// The class for errors of `kind`: what the caller can change.
fn class(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::UnknownModel
        | ErrorKind::WrongTask
        | ErrorKind::UnknownLayer
        | ErrorKind::Shape
        | ErrorKind::Input
        | ErrorKind::TooManyPixels => "InputError",
        ErrorKind::Weights
        | ErrorKind::AmbiguousWeights
        | ErrorKind::Model
        | ErrorKind::MissingWeights
        | ErrorKind::UnpublishedWeights => "WeightsError",
        ErrorKind::Adapter
        | ErrorKind::UnknownAdapter
        | ErrorKind::Limit
        | ErrorKind::OutOfMemory
        | ErrorKind::Unsupported
        | ErrorKind::SelfTest
        | ErrorKind::Device
        | ErrorKind::DeviceLost => "DeviceError",
        ErrorKind::Io | ErrorKind::Unreachable | ErrorKind::Server => "AccessError",
        _ => "Error",
    }
}
