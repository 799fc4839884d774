//! A file that a page hands over in pieces, so that no copy of it is one long task.

use js_sys::Uint8Array;
use menagerie::{Error, ErrorKind};
use wasm_bindgen::prelude::*;

use crate::error::thrown;

/// The bytes of a file.
#[wasm_bindgen]
pub struct FileBytes(Vec<u8>);

#[wasm_bindgen]
impl FileBytes {
    /// An empty file with room for `length` bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(length: usize) -> Result<FileBytes, JsValue> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length).map_err(|error| {
            let message = format!("a file of {length} bytes is too large for the page's memory");
            thrown(&Error::new(ErrorKind::Limit, message).caused_by(error))
        })?;
        Ok(Self(bytes))
    }

    /// Adds `piece` at its end.
    pub fn append(&mut self, piece: &Uint8Array) {
        self.0.extend(piece.to_vec());
    }
}

impl FileBytes {
    /// All bytes.
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }
}
