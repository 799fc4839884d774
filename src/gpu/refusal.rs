//! What the device refuses, as errors.

use crate::error::{Error, ErrorKind};

/// `error` of the device in one line.
pub(crate) fn device_error(error: &wgpu::Error) -> Error {
    let text = error.to_string();
    let line: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    Error::new(
        ErrorKind::Device,
        format!("the device refused: {}", line.join(" ")),
    )
}
