//! Staging memory, which the host writes and the device copies from. It is used again after each copy.

use std::collections::VecDeque;
use std::ops::Range;

use super::belt::Belt;
use crate::device::QUAD_BYTES;
use crate::error::Result;
use crate::gpu::{DeviceBuffer, DeviceTensor, Gpu, Signal};
use crate::kernels::Format;

/// Bytes of staging memory in one submission. The memory is free again when the submission is done.
const SUBMISSION: u64 = 16 << 20;

/// Most submissions in flight. With this number, staging goes on while a driver still compiles kernels.
const MAX_IN_FLIGHT: usize = 6;

/// Staging memory for uploads to tensors of a device.
pub struct Staging<'a> {
    gpu: &'a Gpu,
    belt: Belt,
    encoder: wgpu::CommandEncoder,
    pending: u64,
    submitted: VecDeque<Submitted>,
}

/// A submission that may not be done yet.
pub struct Submitted {
    /// The submission's index, for which a thread can wait.
    #[cfg(not(target_arch = "wasm32"))]
    pub index: wgpu::SubmissionIndex,
    done: Signal<()>,
}

impl Submitted {
    /// Completes when the submission is done.
    ///
    /// # Errors
    /// [`ErrorKind::DeviceLost`] if the device was lost.
    pub async fn done(&self, gpu: &Gpu) -> Result<()> {
        gpu.unless_lost(self.done.value()).await
    }
}

/// Quads in a buffer that a tensor can copy from.
pub struct Staged {
    /// The buffer.
    pub buffer: DeviceBuffer,
    /// Offset of the first one, in bytes.
    pub begin: u64,
}

impl<'a> Staging<'a> {
    /// Empty staging memory for uploads of `all` bytes in total.
    pub fn new(gpu: &'a Gpu, all: u64) -> Self {
        let room = all.clamp(QUAD_BYTES, SUBMISSION);
        Self {
            gpu,
            belt: Belt::new(room),
            encoder: encoder(gpu),
            pending: 0,
            submitted: VecDeque::new(),
        }
    }

    /// Makes room for `bytes` bytes. If too much is staged, it submits the staged copies. It returns a submission that must
    /// be done before more is staged, if there is one.
    pub fn make_room(&mut self, bytes: u64) -> Option<Submitted> {
        if self.pending + bytes <= SUBMISSION {
            return None;
        }
        self.submit();
        match self.submitted.len() > MAX_IN_FLIGHT {
            true => self.submitted.pop_front(),
            false => None,
        }
    }

    /// Writes the bytes of quads to staging memory, for [`Staging::copy`].
    ///
    /// # Errors
    /// As [`Belt::write`].
    pub fn stage(&mut self, bytes: &[u8]) -> Result<Staged> {
        let (buffer, begin) = self.belt.write(self.gpu, bytes)?;
        self.pending += bytes.len() as u64;
        Ok(Staged { buffer, begin })
    }

    /// Records a copy of the range `quads` of `staged`, in `format`, to `tensor`, at its quad `offset`.
    pub fn copy(
        &mut self,
        staged: &Staged,
        format: Format,
        quads: Range<usize>,
        tensor: &DeviceTensor,
        offset: usize,
    ) {
        let begin = staged.begin + format.bytes(quads.start);
        let source = (&*staged.buffer, begin);
        tensor.copy_from(&mut self.encoder, source, format, offset, quads.len());
    }

    /// Submits the staged copies.
    pub fn submit(&mut self) {
        if self.pending == 0 {
            return;
        }
        self.belt.close();
        let encoder = std::mem::replace(&mut self.encoder, encoder(self.gpu));
        let queue = self.gpu.queue();
        let _index = queue.submit([encoder.finish()]);
        let done = Signal::default();
        let signal = done.clone();
        queue.on_submitted_work_done(move || signal.set(()));
        self.submitted.push_back(Submitted {
            #[cfg(not(target_arch = "wasm32"))]
            index: _index,
            done,
        });
        self.belt.recall();
        self.pending = 0;
    }
}

fn encoder(gpu: &Gpu) -> wgpu::CommandEncoder {
    let label = Some("weights");
    gpu.device()
        .create_command_encoder(&wgpu::CommandEncoderDescriptor { label })
}
