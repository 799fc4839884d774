//! The limit of constants on the host in one import: a few bytes of a file can ask for any number of large ones.

use std::cell::Cell;

use crate::onnx::stored::StoredTensors;

/// The most elements for a file of no size: 512 MiB of f64.
const ELEMENTS: u64 = 1 << 26;

/// How many more for each byte of a file. Weights of four bits are two elements in a byte, of which each is read and then
/// added to the graph.
const ELEMENTS_OF_BYTE: u64 = 4;

/// The elements of constants that may still be computed.
pub struct Budget {
    all: u64,
    left: Cell<u64>,
}

impl Budget {
    /// The budget of a file with the data `stored`.
    pub fn new(stored: &StoredTensors) -> Self {
        let bytes = stored.files.iter().map(|file| file.length());
        let bytes = bytes.fold(0, u64::saturating_add);
        let all = bytes.saturating_mul(ELEMENTS_OF_BYTE);
        let all = all.saturating_add(ELEMENTS);
        let left = Cell::new(all);
        Self { all, left }
    }

    /// Takes `count` elements.
    pub fn take(&self, count: usize) -> Result<(), String> {
        match self.left.get().checked_sub(count as u64) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(format!(
                "constants of at most {} elements together are computed",
                self.all
            )),
        }
    }
}
