//! Getting outputs back into host memory.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use super::device_tensor::DeviceTensor;
use super::texels;
use crate::device::TEXEL_BYTES;
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::Gpu;
use crate::kernels::View;
use crate::program::Program;
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
    pub fn of_plan(device: &wgpu::Device, plan: &Program, slots: &[DeviceTensor]) -> Vec<Self> {
        let outputs = plan.outputs().iter();
        outputs
            .map(|port| {
                let slot = slots[port.view.place.slot].clone();
                Self::new(device, slot, port.view, plan.batch())
            })
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
        map(gpu, &self.buffer)
    }

    /// The first `images` of the mapped output; the buffer can be used again.
    pub fn take(&self, images: usize) -> Result<Tensor> {
        let output = match self.buffer.get_mapped_range(..) {
            Ok(mapped) => {
                let mut output = Tensor::zeros(images, self.view.shape);
                texels::read(bytemuck::cast_slice(&mapped), &self.view, &mut output);
                Ok(output)
            }
            Err(error) => Err(unreadable(error)),
        };
        self.buffer.unmap();
        output
    }
}

/// Completes when what was submitted to `buffer` last is done and the host can read it.
pub(crate) fn map(gpu: &Gpu, buffer: &wgpu::Buffer) -> impl Future<Output = Result<()>> + use<> {
    let gpu = gpu.clone();
    let state = Arc::new(Mutex::new(MapState::default()));
    let callback_state = Arc::clone(&state);
    buffer.map_async(wgpu::MapMode::Read, .., move |result| {
        let mut state = lock(&callback_state);
        state.result = Some(result);
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    });
    std::future::poll_fn(move |context| {
        let mut state = lock(&state);
        match state.result.take() {
            Some(result) => Poll::Ready(result.map_err(|error| gpu.explain(unreadable(error)))),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    })
}

/// That an answer cannot be read, and why.
pub(crate) fn unreadable(reason: impl fmt::Display) -> Error {
    Error::new(
        ErrorKind::Device,
        format!("the answer cannot be read: {reason}"),
    )
}

#[derive(Default)]
struct MapState {
    result: Option<Result<(), wgpu::BufferAsyncError>>,
    waker: Option<Waker>,
}

/// The state, also where a thread died holding it: it is always whole.
fn lock(state: &Mutex<MapState>) -> std::sync::MutexGuard<'_, MapState> {
    state
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
