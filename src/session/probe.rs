//! What a dispatch writes, by looking at all memory before and after it.

use super::{Session, device_error, readback};
use crate::error::Result;
use crate::plan::{GROUP, TEXEL_BYTES};
use crate::profile::Timing;

impl Session {
    /// Writes to every slot what `fill` says of it, runs this dispatch and no other, and returns what is in the slots then.
    /// Where a kernel writes does not depend on what it reads, so any values will do.
    ///
    /// With [`SessionOptions::guard`](super::SessionOptions) there is room around every tensor, and in buffers the dispatch
    /// can reach it: without, what lies beyond a binding is out of the reach of any kernel on devices that check.
    ///
    /// # Errors
    /// [`ErrorKind::Device`](crate::ErrorKind::Device) where the device fails;
    /// [`ErrorKind::DeviceLost`](crate::ErrorKind::DeviceLost) where it was lost.
    #[doc(hidden)]
    pub fn probe(
        &self,
        dispatch: usize,
        fill: impl Fn(usize) -> Vec<[f32; GROUP]>,
    ) -> Result<Vec<Vec<[f32; GROUP]>>> {
        let device = self.gpu.device();
        let scope = device.push_error_scope(wgpu::ErrorFilter::Validation);
        let mut encoder = device.create_command_encoder(&Default::default());
        self.record_dispatches(dispatch..dispatch + 1, &mut encoder, Timing::WallOnly, None);
        let buffers: Vec<wgpu::Buffer> = (self.slots.iter().zip(&self.plan.slots).enumerate())
            .map(|(index, (slot, &length))| {
                slot.write(self.gpu.queue(), 0, &fill(index));
                let buffer = device.create_buffer(&wgpu::BufferDescriptor {
                    label: Some("probe"),
                    size: length as u64 * TEXEL_BYTES,
                    usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
                    mapped_at_creation: false,
                });
                slot.copy_to(&mut encoder, 0..length, &buffer);
                buffer
            })
            .collect();
        self.gpu.queue().submit([encoder.finish()]);
        if let Some(error) = pollster::block_on(scope.pop()) {
            return Err(self.gpu.explain(device_error(&error)));
        }
        let mapped: Vec<_> = (buffers.iter())
            .map(|buffer| readback::map(&self.gpu, buffer))
            .collect();
        self.gpu.wait()?;
        mapped.into_iter().try_for_each(pollster::block_on)?;
        let slots = buffers.iter().map(|buffer| {
            let mapped = buffer.get_mapped_range(..).map_err(readback::unreadable)?;
            Ok(bytemuck::cast_slice(&mapped).to_vec())
        });
        slots.collect()
    }
}
