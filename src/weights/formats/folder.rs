//! Folders in place of files.

use std::path::Path;

use super::Refusal;
use super::foreign::{CONVERT, SAVE_FROM_PYTORCH, refusal};

/// What a file in the folder is called, what the folder is, and what can be done.
const CONTENTS: [(&str, &str, &str); 8] = [
    (
        "model.safetensors.index.json",
        "a folder",
        "its weights are in model.safetensors.index.json",
    ),
    (
        "model.safetensors",
        "a folder",
        "its weights are in model.safetensors",
    ),
    (
        "pytorch_model.bin.index.json",
        "a folder",
        "its weights are in pytorch_model.bin.index.json",
    ),
    (
        "pytorch_model.bin",
        "a folder",
        "its weights are in pytorch_model.bin",
    ),
    (
        "saved_model.pb",
        "the folder of a TensorFlow SavedModel",
        "tools/convert.py converts Keras's own files",
    ),
    ("model.weights.h5", "an unpacked Keras model", CONVERT),
    (
        "Manifest.json",
        "the folder of a Core ML model",
        SAVE_FROM_PYTORCH,
    ),
    (
        "data.pkl",
        "an unpacked PyTorch file",
        "pack it as a ZIP archive without compression",
    ),
];

/// Returns the refusal of the folder at `path`.
pub(super) fn refusal_of(path: &Path) -> Refusal {
    let found = CONTENTS.iter().find(|(name, ..)| path.join(name).is_file());
    match found {
        Some((_, what, advice)) => refusal(what, advice),
        None => refusal("a folder", ""),
    }
}
