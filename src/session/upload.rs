//! Bringing parameters and uniforms to the device.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::arenas::{ArenaPlace, Arenas};
use super::device_tensor::DeviceTensor;
use super::staging::Staging;
use crate::error::Result;
use crate::gpu::Gpu;
use crate::graph::ParameterId;
use crate::kernels::GROUP;
use crate::kernels::pieces::Piece;
use crate::program::{Program, Recipe};

/// Pieces that may wait to be written: few, so that the host never holds a network.
const WAITING: usize = 4;

/// Reads a range of a parameter's values.
pub type Read<'a> = dyn Fn(ParameterId, Range<usize>) -> Result<Vec<f32>> + Sync + 'a;

/// The packed parameters of a program on the device.
pub struct Uploaded {
    /// Where they are.
    pub arenas: Arenas,
    /// The arenas.
    pub tensors: Vec<DeviceTensor>,
}

/// The packed parameters of `plan` on the device. Packing is spread over all cores.
///
/// # Errors
/// Those of `read`.
pub fn weights(gpu: &Gpu, plan: &Program, read: &Read<'_>) -> Result<Uploaded> {
    let arenas = Arenas::of(plan.recipes(), plan.profile().max_texels());
    let placed = plan.recipes().iter().zip(arenas.places.iter().copied());
    let pieces: Vec<(&Recipe, ArenaPlace, Piece)> = placed
        .flat_map(|(recipe, place)| {
            let pieces = recipe.packing.pieces();
            pieces.into_iter().map(move |piece| (recipe, place, piece))
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
                    let Some((recipe, place, piece)) = pieces.get(index) else {
                        return;
                    };
                    let mut texels = spare.take();
                    let operands = &recipe.operands;
                    let packed =
                        piece.pack(|operand, range| read(operands[operand], range), &mut texels);
                    let packed = packed.map(|()| texels);
                    if sender.send((*place, piece, packed)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let tensors = write_all(gpu, plan, &arenas, receiver, &spare)?;
        Ok(Uploaded { arenas, tensors })
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

/// The uniform blocks of a program, with the places of its parameters filled in.
pub fn relocated(plan: &Program, arenas: &Arenas) -> Vec<u8> {
    let mut blocks = plan.uniforms().to_vec();
    for relocation in plan.relocations() {
        // An arena is no longer than a `u32` can index.
        let offset = arenas.places[relocation.recipe].offset as u32;
        let word = relocation.place..relocation.place + size_of::<u32>();
        blocks[word].copy_from_slice(&offset.to_ne_bytes());
    }
    blocks
}

/// Uniform blocks in one buffer.
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

type PackedPiece<'a> = (ArenaPlace, &'a Piece, Result<Vec<[f32; GROUP]>>);

/// Takes the receiver along, so that where it fails the threads that pack find nobody waiting.
fn write_all(
    gpu: &Gpu,
    plan: &Program,
    arenas: &Arenas,
    packed: mpsc::Receiver<PackedPiece<'_>>,
    spare: &Spare,
) -> Result<Vec<DeviceTensor>> {
    let storage = plan.profile().storage;
    let tensors: Vec<DeviceTensor> = (arenas.lengths.iter())
        .map(|&texels| DeviceTensor::new(gpu.device(), storage, texels, "weights"))
        .collect();
    let mut staging = Staging::new(gpu, plan.weight_bytes());
    for (place, piece, texels) in packed {
        let texels = texels?;
        let staged = staging.stage(&texels)?;
        spare.give(texels);
        for run in piece.runs() {
            let (arena, begin) = (&tensors[place.arena], place.offset + run.begin);
            staging.copy(&staged, run.texels.clone(), arena, begin);
        }
    }
    staging.submit();
    Ok(tensors)
}
