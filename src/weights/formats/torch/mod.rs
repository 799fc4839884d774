//! Files of PyTorch's `torch.save`: a pickle that describes the objects, and storages with the numbers of the tensors.
//! Nothing of the pickle is executed: it only builds plain data, and an object is the name of its class and its
//! attributes.

mod archive;
mod calls;
mod input;
mod layout;
mod legacy;
mod modules;
mod numbers;
mod pickle;
mod state_dict;
mod storage;
mod value;

pub(super) use archive::{is_archive, read as read_archive};
pub(super) use legacy::{is_legacy, read as read_legacy};

use super::refusal::Refusal;

/// Returns the refusal of a damaged file.
fn damaged(reason: impl std::fmt::Display) -> Refusal {
    Refusal::damaged("PyTorch", reason)
}
