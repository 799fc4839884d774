//! Bringing parameters and uniforms to the device.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::device_tensor::DeviceTensor;
use super::staging::Staging;
use crate::error::Result;
use crate::gpu::Gpu;
use crate::graph::Graph;
use crate::kernels::GROUP;
use crate::kernels::packing::PlacedWeights;
use crate::kernels::pieces::Piece;
use crate::program::Program;
use crate::weights::Weights;

/// Pieces that may wait to be written: few, so that the host never holds a network.
const WAITING: usize = 4;

/// The packed parameters of `plan` on the device. Packing is spread over all cores.
///
/// # Errors
/// Those of [`Weights::value`].
pub fn weights(
    gpu: &Gpu,
    graph: &Graph,
    plan: &Program,
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
    let spare = Spare::default();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next, pieces, spare) = (sender.clone(), &next, &pieces, &spare);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some((placed, piece)) = pieces.get(index) else {
                        return;
                    };
                    let mut texels = spare.take();
                    let elements = |id, range| weights.elements(graph, id, range);
                    let packed = piece.pack(graph, elements, &mut texels);
                    let packed = packed.map(|()| texels);
                    if sender.send((*placed, piece, packed)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        write_all(gpu, plan, receiver, &spare)
    })
}

/// Memory of pieces that were written, for others: memory that is fresh costs the system more than filling it.
#[derive(Default)]
struct Spare(Mutex<Vec<Vec<[f32; GROUP]>>>);

impl Spare {
    fn take(&self) -> Vec<[f32; GROUP]> {
        self.lock().pop().unwrap_or_default()
    }

    fn give(&self, texels: Vec<[f32; GROUP]>) {
        self.lock().push(texels);
    }

    /// The list, also where a thread died holding it: it is always whole.
    fn lock(&self) -> MutexGuard<'_, Vec<Vec<[f32; GROUP]>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
    plan: &Program,
    packed: mpsc::Receiver<PackedPiece<'_>>,
    spare: &Spare,
) -> Result<Vec<DeviceTensor>> {
    let arenas: Vec<DeviceTensor> = plan
        .weights
        .arenas
        .iter()
        .map(|&texels| DeviceTensor::new(gpu.device(), plan.profile.storage, texels, "weights"))
        .collect();
    let mut staging = Staging::new(gpu, plan.weight_bytes());
    for (placed, piece, texels) in packed {
        let texels = texels?;
        let staged = staging.stage(&texels)?;
        spare.give(texels);
        for run in piece.runs() {
            let arena = &arenas[placed.arena];
            let place = placed.offset + run.begin;
            staging.copy(&staged, run.texels.clone(), arena, place);
        }
    }
    staging.submit();
    Ok(arenas)
}
