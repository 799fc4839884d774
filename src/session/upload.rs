//! Bringing parameters and uniforms to the device.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use super::device_tensor::DeviceTensor;
use crate::error::Result;
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
                    let Some(placed) = plan.weights.placed.get(index) else {
                        return;
                    };
                    let texels = placed
                        .packed
                        .pack(graph, |id, rows| weights.rows(graph, id, rows));
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
    let arenas: Vec<DeviceTensor> = plan
        .weights
        .arenas
        .iter()
        .map(|&texels| DeviceTensor::new(gpu.device(), plan.profile.storage, texels, "weights"))
        .collect();
    for (index, texels) in packed {
        let place = &plan.weights.placed[index];
        arenas[place.arena].write(gpu.queue(), place.offset, &texels?);
    }
    Ok(arenas)
}
