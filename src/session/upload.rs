//! Bringing parameters and uniforms to the device.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use super::device_tensor::DeviceTensor;
use crate::error::Result;
use crate::gpu::Gpu;
use crate::graph::Graph;
use crate::kernels::pieces::Piece;
use crate::plan::{GROUP, PlacedWeights, Plan};
use crate::weights::Weights;

/// Pieces that may wait to be written: few, so that the host never holds a network.
const WAITING: usize = 4;

/// Bytes on their way to the device that make a submission: what was copied for it is free again once it is done.
const SUBMISSION: usize = 32 << 20;

/// Submissions that may be under way: enough to pack on while a driver still compiles kernels.
const UNDER_WAY: usize = 4;

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
    let placed = plan.weights.placed.iter();
    let pieces: Vec<(&PlacedWeights, Piece)> = placed
        .flat_map(|placed| {
            let pieces = placed.packed.pieces(graph);
            pieces.into_iter().map(move |piece| (placed, piece))
        })
        .collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next, pieces) = (sender.clone(), &next, &pieces);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some((placed, piece)) = pieces.get(index) else {
                        return;
                    };
                    let texels = piece.pack(graph, |id, rows| weights.rows(graph, id, rows));
                    if sender.send((*placed, piece, texels)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        write_all(gpu, plan, receiver)
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

type PackedPiece<'a> = (&'a PlacedWeights, &'a Piece, Result<Vec<[f32; GROUP]>>);

/// Takes the receiver along, so that where it fails the threads that pack find nobody waiting.
fn write_all(
    gpu: &Gpu,
    plan: &Plan,
    packed: mpsc::Receiver<PackedPiece<'_>>,
) -> Result<Vec<DeviceTensor>> {
    let arenas: Vec<DeviceTensor> = plan
        .weights
        .arenas
        .iter()
        .map(|&texels| DeviceTensor::new(gpu.device(), plan.profile.storage, texels, "weights"))
        .collect();
    let mut pending = 0;
    let mut submitted = VecDeque::new();
    for (placed, piece, texels) in packed {
        let texels = texels?;
        for run in piece.runs() {
            let place = placed.offset + run.begin;
            arenas[placed.arena].write(gpu.queue(), place, &texels[run.texels.clone()]);
        }
        pending += size_of_val(texels.as_slice());
        if pending >= SUBMISSION {
            submitted.push_back(gpu.queue().submit([]));
            if submitted.len() > UNDER_WAY
                && let Some(first) = submitted.pop_front()
            {
                gpu.wait_for(first)?;
            }
            pending = 0;
        }
    }
    Ok(arenas)
}
