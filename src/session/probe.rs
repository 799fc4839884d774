//! Finding out what a dispatch writes, from all memory before and after it.

use super::Session;
use crate::device::Storage;
use crate::error::Result;
use crate::gpu::{DeviceBuffer, Mapping};
use crate::kernels::Format;
use crate::timing::Timing;

impl Session {
    /// Fills each slot with the bytes that `fill` returns for its index, runs only this dispatch, and returns the bytes of all
    /// slots. The addresses that a kernel writes do not depend on the values that it reads, so any values will do.
    ///
    /// With guards ([`Planning`](crate::program::Planning)), there is memory around every tensor that a dispatch can reach
    /// in buffers. Without guards, a device that checks bounds prevents accesses beyond a binding.
    ///
    /// # Errors
    /// [`ErrorKind::Device`](crate::ErrorKind::Device) if the device fails,
    /// [`ErrorKind::DeviceLost`](crate::ErrorKind::DeviceLost) if it was lost.
    #[doc(hidden)]
    pub fn probe(&self, dispatch: usize, fill: impl Fn(usize) -> Vec<u8>) -> Result<Vec<Vec<u8>>> {
        let (gpu, device) = (&self.gpu, self.gpu.device());
        let buffers = gpu.attempt_now(self.program.name(), || {
            let mut encoder = device.create_command_encoder(&Default::default());
            self.record_dispatches(dispatch..dispatch + 1, &mut encoder, Timing::WallOnly, None);
            // A buffer may hold quads of both formats.
            let formats = self.program.slot_formats().iter();
            let formats = formats.zip(self.program.slot_storages());
            let formats = formats.map(|(format, storage)| match storage {
                Storage::Buffer => Format::F16,
                Storage::Texture => *format,
            });
            let slots = self.slots.iter().zip(self.program.slots()).zip(formats);
            let buffers = slots.enumerate().map(|(index, ((slot, &length), format))| {
                slot.write(gpu.queue(), format, 0, &fill(index));
                let usage = wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ;
                let buffer = gpu.buffer("probe", length, usage)?;
                slot.copy_to(&mut encoder, format, 0..format.quads(length), &buffer);
                Ok(buffer)
            });
            let buffers: Vec<DeviceBuffer> = buffers.collect::<Result<_>>()?;
            gpu.queue().submit([encoder.finish()]);
            Ok(buffers)
        })?;
        let read = |buffer: &DeviceBuffer| {
            let mapping = Mapping::request(gpu, buffer);
            gpu.wait()?;
            pollster::block_on(mapping.read(<[u8]>::to_vec))
        };
        buffers.iter().map(read).collect()
    }
}
