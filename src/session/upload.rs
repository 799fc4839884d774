//! Bringing parameters and uniforms to the device.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use super::device_tensor::DeviceTensor;
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::Gpu;
use crate::graph::Graph;
use crate::plan::{GROUP, Plan};
use crate::weights::Weights;

/// Packed tensors that may wait to be written: few, so that the host never holds a network twice.
const WAITING: usize = 4;

/// The packed parameters of `plan` on the device. Packing is spread over all cores.
///
/// # Errors
/// Those of [`Weights::value`].
pub fn weights(
    gpu: &Gpu,
    graph: &Graph,
    plan: &Plan,
    weights: &Weights,
) -> Result<Vec<DeviceTensor>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some((packed, _)) = plan.weights.get(index) else {
                        return;
                    };
                    let texels = packed.pack(graph, |id| weights.value(graph, id));
                    if sender.send((index, texels)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        write_all(gpu, plan, &receiver)
    })
}

/// The uniform blocks of a plan in one buffer.
pub fn uniforms(gpu: &Gpu, blocks: &[u8]) -> wgpu::Buffer {
    let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: Some("uniforms"),
        size: blocks.len().max(4) as u64,
        usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    gpu.queue().write_buffer(&buffer, 0, blocks);
    buffer
}

type PackedTexels = (usize, Result<Vec<[f32; GROUP]>>);

fn write_all(
    gpu: &Gpu,
    plan: &Plan,
    packed: &mpsc::Receiver<PackedTexels>,
) -> Result<Vec<DeviceTensor>> {
    let mut tensors: Vec<Option<DeviceTensor>> = plan.weights.iter().map(|_| None).collect();
    for (index, texels) in packed {
        let texels = texels?;
        let tensor = DeviceTensor::new(gpu.device(), plan.profile.storage, texels.len(), "weights");
        tensor.write(gpu.queue(), &texels);
        tensors[index] = Some(tensor);
    }
    tensors
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| Error::new(ErrorKind::Weights, "packing the weights failed"))
}
