//! The bytes of a pickle, one after the other.

use std::io::{self, BufReader, Read};

use super::damaged;
use crate::weights::formats::Refusal;

/// The most bytes of a pickle. It has the names and shapes of tensors but not their numbers.
const MAX_PICKLE: u64 = 1 << 26;

/// Reads a file from a position on, in a bounded number of bytes.
pub(super) struct Input<R> {
    reader: BufReader<R>,
    position: u64,
    end: u64,
}

impl<R: Read> Input<R> {
    /// Reads from `reader`, which is at `position` of the file.
    pub(super) fn new(reader: R, position: u64) -> Self {
        Self {
            reader: BufReader::new(reader),
            position,
            end: position + MAX_PICKLE,
        }
    }

    /// Returns the position in the file.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn byte(&mut self) -> Result<u8, Refusal> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn array<const SIZE: usize>(&mut self) -> Result<[u8; SIZE], Refusal> {
        let mut bytes = [0; SIZE];
        self.advance(SIZE as u64)?;
        self.reader.read_exact(&mut bytes).map_err(explained)?;
        Ok(bytes)
    }

    /// Returns the next `count` bytes.
    pub(super) fn bytes(&mut self, count: u64) -> Result<Vec<u8>, Refusal> {
        self.advance(count)?;
        let mut bytes = Vec::new();
        // Memory grows with what is there, and not with what the file states.
        self.reader.by_ref().take(count).read_to_end(&mut bytes)?;
        match bytes.len() as u64 == count {
            true => Ok(bytes),
            false => Err(cut()),
        }
    }

    /// Skips the next `count` bytes.
    pub(super) fn skip(&mut self, count: u64) -> Result<(), Refusal> {
        self.advance(count)?;
        let skipped = io::copy(&mut self.reader.by_ref().take(count), &mut io::sink())?;
        match skipped == count {
            true => Ok(()),
            false => Err(cut()),
        }
    }

    /// Returns the next line without its end.
    pub(super) fn line(&mut self) -> Result<String, Refusal> {
        let mut line = Vec::new();
        loop {
            match self.byte()? {
                b'\n' => return text(line),
                byte => line.push(byte),
            }
        }
    }

    fn advance(&mut self, count: u64) -> Result<(), Refusal> {
        match self.position.checked_add(count) {
            Some(position) if position <= self.end => {
                self.position = position;
                Ok(())
            }
            _ => Err(damaged(format!(
                "expected a pickle of at most {MAX_PICKLE} bytes, found a larger one"
            ))),
        }
    }
}

/// Returns bytes as text.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, Refusal> {
    String::from_utf8(bytes).map_err(|_| damaged("expected text in UTF-8, found other bytes"))
}

fn explained(error: io::Error) -> Refusal {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => cut(),
        _ => error.into(),
    }
}

fn cut() -> Refusal {
    damaged("it ends inside its pickle: it is truncated")
}
