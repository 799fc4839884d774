//! Reading outputs back to host memory.

use super::quads;
use crate::error::Result;
use crate::gpu::{DeviceBuffer, DeviceTensor, Gpu, Mapping};
use crate::kernels::View;
use crate::program::Program;
use crate::tensor::Tensor;

/// The readback of an output: a buffer of the same size that the host can map.
pub struct Readback {
    output: DeviceTensor,
    view: View,
    batch: usize,
    buffer: DeviceBuffer,
}

impl Readback {
    /// A readback for each output of `program`, which has the memory `slots`.
    ///
    /// # Errors
    /// As [`DeviceTensor::new`].
    pub fn of_program(gpu: &Gpu, program: &Program, slots: &[DeviceTensor]) -> Result<Vec<Self>> {
        let outputs = program.outputs().iter();
        outputs
            .map(|port| {
                let slot = slots[port.view.place.slot].clone();
                Self::new(gpu, slot, port.view, program.batch())
            })
            .collect()
    }

    fn new(gpu: &Gpu, output: DeviceTensor, view: View, batch: usize) -> Result<Self> {
        let bytes = view.format.bytes(view.extent(batch).len());
        let usage = wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ;
        Ok(Self {
            output,
            view,
            batch,
            buffer: gpu.buffer("output", bytes, usage)?,
        })
    }

    /// Records the copy to the buffer.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        self.output.copy_to(
            encoder,
            self.view.format,
            self.view.extent(self.batch),
            &self.buffer,
        );
    }

    /// The memory that the copy uses.
    pub fn memory(&self) -> [DeviceTensor; 2] {
        [
            self.output.clone(),
            DeviceTensor::Buffer(self.buffer.clone()),
        ]
    }

    /// Requests to map the last submitted copy.
    pub fn request<'a>(&'a self, gpu: &'a Gpu) -> Mapping<'a> {
        Mapping::request(gpu, &self.buffer)
    }

    /// Reads the first `images` images of the requested output.
    ///
    /// # Errors
    /// As [`Mapping::read`].
    pub async fn read(&self, requested: Mapping<'_>, images: usize) -> Result<Tensor> {
        let output = |bytes: &[u8]| {
            let mut output = Tensor::zeros(images, self.view.shape);
            quads::read(bytes, &self.view, &mut output);
            output
        };
        requested.read(output).await
    }
}
