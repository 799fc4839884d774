//! Limits of what a weights file may contain. With them, the work on names is in proportion to the size of the file, and no
//! header takes much more memory than its bytes.

use super::{Refusal, Tensors};
use crate::weights::printable;

/// The most bytes of a tensor's name. The names of published networks have about a hundred.
pub(super) const MAX_NAME: usize = 1 << 10;

/// The most tensors. A large network with the state of its training has about ten thousand.
pub(super) const MAX_TENSORS: usize = 1 << 16;

/// Checks the names of `tensors`.
pub(super) fn check(tensors: &Tensors) -> Result<(), Refusal> {
    let found = tensors.len();
    if found > MAX_TENSORS {
        return Err(Refusal::new(format!(
            "expected at most {MAX_TENSORS} tensors, found {found}"
        )));
    }
    match tensors.keys().find(|name| name.len() > MAX_NAME) {
        Some(name) => Err(Refusal::new(format!(
            "{}: expected a name of at most {MAX_NAME} bytes, found one of {}",
            printable(name),
            name.len()
        ))),
        None => Ok(()),
    }
}
