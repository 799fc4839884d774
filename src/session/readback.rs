//! Getting outputs back into host memory.

use std::future::Future;

use super::texels;
use crate::error::Result;
use crate::gpu::{DeviceTensor, Gpu, mapping};
use crate::plan::{Plan, TEXEL_BYTES, View};
use crate::tensor::Tensor;

/// An output on its way back, in a buffer as large as it that the host can map.
pub struct Readback {
    output: DeviceTensor,
    view: View,
    batch: usize,
    buffer: wgpu::Buffer,
}

impl Readback {
    /// Room for each output of `plan`, whose slots these are.
    pub fn of_plan(device: &wgpu::Device, plan: &Plan, slots: &[DeviceTensor]) -> Vec<Self> {
        let outputs = plan.outputs.iter();
        outputs
            .map(|view| Self::new(device, slots[view.place.slot].clone(), *view, plan.batch))
            .collect()
    }

    fn new(device: &wgpu::Device, output: DeviceTensor, view: View, batch: usize) -> Self {
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("output"),
            size: view.extent(batch).len() as u64 * TEXEL_BYTES,
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        Self {
            output,
            view,
            batch,
            buffer,
        }
    }

    /// Records the copy.
    pub fn record(&self, encoder: &mut wgpu::CommandEncoder) {
        self.output
            .copy_to(encoder, self.view.extent(self.batch), &self.buffer);
    }

    /// Completes when the last submitted copy is done and the host can read it.
    pub fn map(&self, gpu: &Gpu) -> impl Future<Output = Result<()>> + use<> {
        mapping::map(gpu, &self.buffer)
    }

    /// The first `images` of the mapped output; the buffer can be used again.
    pub fn take(&self, images: usize) -> Result<Tensor> {
        let output = match self.buffer.get_mapped_range(..) {
            Ok(mapped) => {
                let mut output = Tensor::zeros(images, self.view.shape);
                texels::read(bytemuck::cast_slice(&mapped), &self.view, &mut output);
                Ok(output)
            }
            Err(error) => Err(mapping::unreadable(error)),
        };
        self.buffer.unmap();
        output
    }
}
