//! ZIP archives that are no state dicts of PyTorch, by the names of the files in them.

use super::Refusal;
use super::foreign::{CONVERT, SAVE_ARRAYS, UNPACK, refusal};

/// What a file in the archive is called, what such an archive is, and what can be done.
const MEMBERS: [(&str, &str, &str); 6] = [
    ("model.weights.h5", "a Keras model", CONVERT),
    ("archive_format", "a program of torch.export", LOAD),
    (
        "serialized_exported_program.json",
        "a program of torch.export",
        LOAD,
    ),
    ("MANIFEST.json", "a TorchServe archive", UNPACK),
    (".npy", "a NumPy archive", SAVE_ARRAYS),
    (".safetensors", "a ZIP archive of safetensors files", UNPACK),
];

const LOAD: &str = "load it in PyTorch, and save its state_dict()";

/// Returns the refusal of an archive with files of these names, if it is of a known format.
pub(super) fn named<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Option<Refusal> {
    let is_in = |member: &str| {
        names.clone().any(|name| match member.starts_with('.') {
            true => name.ends_with(member),
            false => name.rsplit('/').next() == Some(member),
        })
    };
    let found = MEMBERS.iter().find(|(member, ..)| is_in(member));
    found.map(|(_, what, advice)| refusal(what, advice))
}

/// Returns the refusal of any other archive.
pub(super) fn unknown() -> Refusal {
    refusal("a ZIP archive that torch.save did not write", UNPACK)
}
