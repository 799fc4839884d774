//! Finding out what a dispatch writes, from all memory before and after it.

use super::Session;
use crate::error::Result;
use crate::gpu::{DeviceBuffer, Mapping};
use crate::kernels::{Format, QUAD};
use crate::timing::Timing;

impl Session {
    /// For programs of f32. Fills each slot with the values that `fill` returns for its index, runs only this dispatch, and returns the content
    /// of all slots. The addresses that a kernel writes do not depend on the values that it reads, so any values will do.
    ///
    /// With guards ([`Planning`](crate::program::Planning)), there is memory around every tensor that a dispatch can reach
    /// in buffers. Without guards, a device that checks bounds prevents accesses beyond a binding.
    ///
    /// # Errors
    /// [`ErrorKind::Device`](crate::ErrorKind::Device) if the device fails,
    /// [`ErrorKind::DeviceLost`](crate::ErrorKind::DeviceLost) if it was lost.
    #[doc(hidden)]
    pub fn probe(
        &self,
        dispatch: usize,
        fill: impl Fn(usize) -> Vec<[f32; QUAD]>,
    ) -> Result<Vec<Vec<[f32; QUAD]>>> {
        let (gpu, device) = (&self.gpu, self.gpu.device());
        let buffers = gpu.attempt_now(self.program.name(), || {
            let mut encoder = device.create_command_encoder(&Default::default());
            self.record_dispatches(dispatch..dispatch + 1, &mut encoder, Timing::WallOnly, None);
            let slots = self.slots.iter().zip(self.program.slots()).enumerate();
            let buffers = slots.map(|(index, (slot, &length))| {
                slot.write(
                    gpu.queue(),
                    Format::F32,
                    0,
                    bytemuck::cast_slice(&fill(index)),
                );
                let usage = wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ;
                let buffer = gpu.buffer("probe", length, usage)?;
                let quads = 0..Format::F32.quads(length);
                slot.copy_to(&mut encoder, Format::F32, quads, &buffer);
                Ok(buffer)
            });
            let buffers: Vec<DeviceBuffer> = buffers.collect::<Result<_>>()?;
            gpu.queue().submit([encoder.finish()]);
            Ok(buffers)
        })?;
        let read = |buffer: &DeviceBuffer| {
            let mapping = Mapping::request(gpu, buffer);
            gpu.wait()?;
            pollster::block_on(mapping.read(|bytes| bytemuck::cast_slice(bytes).to_vec()))
        };
        buffers.iter().map(read).collect()
    }
}
