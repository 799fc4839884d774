//! Folders in place of files.

use std::path::Path;

use super::Refusal;
use super::foreign::{CONVERT, CONVERT_KERAS, SAVE_ORIGINAL, refusal};

/// What files of weights in a folder are usually called. An index comes before a file that it may name.
const WEIGHTS: [&str; 4] = [
    "model.safetensors.index.json",
    "model.safetensors",
    "pytorch_model.bin.index.json",
    "pytorch_model.bin",
];

/// Folders of other formats: what a file in them is called, what they are, and what can be done.
const FOREIGN: [(&str, &str, &str); 4] = [
    ("saved_model.pb", "a TensorFlow SavedModel", CONVERT_KERAS),
    ("model.weights.h5", "an unpacked Keras model", CONVERT),
    ("Manifest.json", "a Core ML model", SAVE_ORIGINAL),
    ("data.pkl", "an unpacked PyTorch file", PACK),
];

const PACK: &str = "pack it as a ZIP archive without compression";

/// Returns the refusal of the folder at `path`.
pub(super) fn refusal_of(path: &Path) -> Refusal {
    let is_in = |name: &str| path.join(name).is_file();
    if let Some(name) = WEIGHTS.iter().find(|name| is_in(name)) {
        return refusal("a folder", &format!("its weights are in {name}"));
    }
    match FOREIGN.iter().find(|(name, ..)| is_in(name)) {
        Some((_, what, advice)) => refusal(&format!("the folder of {what}"), advice),
        None => refusal("a folder", ""),
    }
}
