//! Finding out which layer of a run stored a value beyond the range of its format.

use super::Session;
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::{DeviceBuffer, DeviceTensor, Gpu, Mapping};
use crate::program::Program;

/// A word for each dispatch, which its shader sets if it clamps a finite value to the range of f16
/// ([`Shader::watches_range`](crate::kernels::interface::Shader::watches_range)). The words stay set until a run is read.
pub struct RangeWatch {
    words: DeviceBuffer,
    host: DeviceBuffer,
    /// From the word of one dispatch to that of the next, in bytes.
    stride: u64,
}

impl RangeWatch {
    /// The words of `program`, or `None` if none of its shaders watches.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`] if the device has too little memory.
    pub fn of_program(gpu: &Gpu, program: &Program) -> Result<Option<Self>> {
        if !program
            .shaders()
            .iter()
            .any(|shader| shader.watches_range())
        {
            return Ok(None);
        }
        use wgpu::BufferUsages as Usages;
        let alignment = gpu.device().limits().min_storage_buffer_offset_alignment;
        let stride = u64::from(alignment).max(4);
        let bytes = stride * program.dispatches().len() as u64;
        let on_device = Usages::STORAGE | Usages::COPY_SRC | Usages::COPY_DST;
        let on_host = Usages::MAP_READ | Usages::COPY_DST;
        Ok(Some(Self {
            words: gpu.buffer("range", bytes, on_device)?,
            host: gpu.buffer("range on the host", bytes, on_host)?,
            stride,
        }))
    }

    /// The word of a dispatch as a binding.
    pub fn binding(&self, dispatch: usize) -> wgpu::BindingResource<'_> {
        wgpu::BindingResource::Buffer(wgpu::BufferBinding {
            buffer: &self.words,
            offset: dispatch as u64 * self.stride,
            size: std::num::NonZero::new(4),
        })
    }

    /// Records the copy to the host, and clears the words for the next run.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        encoder.copy_buffer_to_buffer(&self.words, 0, &self.host, 0, self.host.size());
        encoder.clear_buffer(&self.words, 0, None);
    }

    /// The memory that dispatches and the copy use.
    pub fn memory(&self) -> [DeviceTensor; 2] {
        [&self.words, &self.host].map(|buffer| DeviceTensor::Buffer(buffer.clone()))
    }

    /// Requests to map the last submitted copy.
    pub fn request<'a>(&'a self, gpu: &'a Gpu) -> Mapping<'a> {
        Mapping::request(gpu, &self.host)
    }

    /// The first dispatch whose word is set.
    ///
    /// # Errors
    /// As [`Mapping::read`].
    pub async fn read(&self, requested: Mapping<'_>) -> Result<Option<usize>> {
        let first = |bytes: &[u8]| {
            let mut words = bytes.chunks(self.stride as usize);
            words.position(|word| word[..4] != [0; 4])
        };
        requested.read(first).await
    }
}

impl Session {
    /// Waits for what the last run noted about its range.
    ///
    /// # Errors
    /// [`ErrorKind::BeyondRange`] if a layer stored a value beyond the range of f16, unless values are
    /// [clamped](super::SessionOptions::clamp) on purpose. The message names the first such layer.
    pub(super) async fn check_range(&self, requested: Option<Mapping<'_>>) -> Result<()> {
        let (Some(watch), Some(requested)) = (&self.range, requested) else {
            return Ok(());
        };
        let first = watch.read(requested).await?.filter(|_| !self.clamp);
        let dispatches = self.program.dispatches();
        let Some(dispatch) = first.and_then(|first| dispatches.get(first)) else {
            return Ok(());
        };
        let message = format!(
            "{}: {}: expected results within +-{}, the range of f16, found one beyond; it is the first such layer, and it \
             can be kept in f32",
            self.program.name(),
            dispatch.node,
            half::f16::MAX
        );
        Err(Error::new(ErrorKind::BeyondRange, message))
    }
}
