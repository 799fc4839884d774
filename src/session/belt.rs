//! Buffers that the host writes and the device copies from, used again when the device is done with them.

use std::sync::mpsc;

use crate::device::QUAD_BYTES;
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::{DeviceBuffer, Gpu};

/// Buffers for uploads. What is staged is first written, then [closed](Belt::close) for a submission, then
/// [recalled](Belt::recall).
pub struct Belt {
    /// Length of a new buffer in bytes, unless more is staged at once.
    length: u64,
    /// Buffers that are mapped for the host.
    open: Vec<Chunk>,
    /// Buffers of the submission that comes next.
    closed: Vec<DeviceBuffer>,
    done: (mpsc::Sender<DeviceBuffer>, mpsc::Receiver<DeviceBuffer>),
}

/// A mapped buffer of which the first `used` bytes are written.
struct Chunk {
    buffer: DeviceBuffer,
    used: u64,
}

impl Belt {
    /// An empty belt with buffers of `length` bytes.
    pub fn new(length: u64) -> Self {
        Self {
            length,
            open: Vec::new(),
            closed: Vec::new(),
            done: mpsc::channel(),
        }
    }

    /// Writes `bytes`, and returns the buffer and the offset at which they are.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`] if the device has too little memory. [`ErrorKind::DeviceLost`] if it was lost.
    pub fn write(&mut self, gpu: &Gpu, bytes: &[u8]) -> Result<(DeviceBuffer, u64)> {
        // A range that is mapped is not empty.
        let length = (bytes.len() as u64).max(QUAD_BYTES);
        let again = self.done.1.try_iter();
        self.open
            .extend(again.map(|buffer| Chunk { buffer, used: 0 }));
        let has_room = |chunk: &Chunk| chunk.used + length <= chunk.buffer.size();
        let index = match self.open.iter().position(has_room) {
            Some(index) => index,
            None => {
                let length = self.length.max(length);
                let usage = wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::MAP_WRITE;
                let buffer = gpu.mapped_buffer("weights on their way", length, usage)?;
                self.open.push(Chunk { buffer, used: 0 });
                self.open.len() - 1
            }
        };
        let chunk = &mut self.open[index];
        let begin = chunk.used;
        let range = begin..begin + length;
        let mapped = chunk.buffer.get_mapped_range_mut(range);
        let mut mapped = mapped.map_err(|error| {
            let reason = format!("{length} bytes for the device to copy from: {error}");
            gpu.explain(Error::new(ErrorKind::Device, reason))
        })?;
        mapped.slice(..bytes.len()).copy_from_slice(bytes);
        drop(mapped);
        chunk.used = (begin + length).next_multiple_of(QUAD_BYTES);
        Ok((chunk.buffer.clone(), begin))
    }

    /// Gives all that is written to the device. Call it before the copies are submitted.
    pub fn close(&mut self) {
        let written;
        (written, self.open) = std::mem::take(&mut self.open)
            .into_iter()
            .partition(|chunk| chunk.used > 0);
        for chunk in written {
            chunk.buffer.unmap();
            self.closed.push(chunk.buffer);
        }
    }

    /// Asks for the buffers again. They are written anew when the device is done with them. Call it after the copies are
    /// submitted.
    pub fn recall(&mut self) {
        for buffer in self.closed.drain(..) {
            let (done, mapped) = (self.done.0.clone(), buffer.clone());
            buffer.map_async(wgpu::MapMode::Write, .., move |result| {
                // If the device is lost, or nothing more is staged, nobody waits for it.
                if result.is_ok() {
                    let _ = done.send(mapped);
                }
            });
        }
    }
}
