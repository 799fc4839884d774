//! Bringing parameters and uniforms to the device.

use std::ops::Range;

use super::arenas::{ArenaPlace, Arenas};
use super::staging::{Staging, Submitted};
use crate::device::TEXEL_BYTES;
use crate::error::Result;
use crate::gpu::{DeviceTensor, Gpu};
use crate::graph::ParameterId;
use crate::kernels::GROUP;
use crate::kernels::pieces::Piece;
use crate::program::{Program, Recipe};

/// Reads a range of a parameter's values.
pub type Read<'a> = dyn Fn(ParameterId, Range<usize>) -> Result<Vec<f32>> + Send + Sync + 'a;

/// A piece of a program's parameters, and where it goes. Pieces can be packed in any order and on any thread.
pub struct Part<'a> {
    recipe: &'a Recipe,
    place: ArenaPlace,
    piece: Piece,
}

/// The pieces of all parameters of `program`, which are to lie in `arenas`.
pub fn parts<'a>(program: &'a Program, arenas: &'a Arenas) -> impl Iterator<Item = Part<'a>> {
    let placed = program.recipes().iter().zip(arenas.places.iter().copied());
    placed.flat_map(|(recipe, place)| {
        let pieces = recipe.packing.pieces().into_iter();
        pieces.map(move |piece| Part {
            recipe,
            place,
            piece,
        })
    })
}

/// The packed parameters of a program on the device.
pub struct Uploaded {
    /// Where they are.
    pub arenas: Arenas,
    /// The arenas.
    pub tensors: Vec<DeviceTensor>,
}

impl Part<'_> {
    /// Replaces `texels` by the packed piece.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn pack(&self, read: &Read<'_>, texels: &mut Vec<[f32; GROUP]>) -> Result<()> {
        let operands = &self.recipe.operands;
        let read = |operand: usize, range| read(operands[operand], range);
        self.piece.pack(read, texels)
    }
}

/// A program's parameters as they come to the device, piece by piece.
pub struct Upload<'a> {
    tensors: Vec<DeviceTensor>,
    staging: Staging<'a>,
}

impl<'a> Upload<'a> {
    /// Room for the parameters of `program`, and none of them there yet.
    pub fn new(gpu: &'a Gpu, program: &Program, arenas: &Arenas) -> Self {
        let (device, storage) = (gpu.device(), program.profile().storage);
        let lengths = arenas.lengths.iter();
        Self {
            tensors: lengths
                .map(|&texels| DeviceTensor::new(device, storage, texels, "weights"))
                .collect(),
            staging: Staging::new(gpu, program.weight_bytes()),
        }
    }

    /// What must be done on the device before so many `texels` are written.
    pub fn make_room(&mut self, texels: &[[f32; GROUP]]) -> Option<Submitted> {
        self.staging.make_room(texels.len() as u64 * TEXEL_BYTES)
    }

    /// Writes a packed piece.
    ///
    /// # Errors
    /// As [`Staging::stage`].
    pub fn write(&mut self, part: &Part<'_>, texels: &[[f32; GROUP]]) -> Result<()> {
        let staged = self.staging.stage(texels)?;
        for run in part.piece.runs() {
            let arena = &self.tensors[part.place.arena];
            let place = part.place.offset + run.begin;
            let texels = run.texels.clone();
            self.staging.copy(&staged, texels, arena, place);
        }
        Ok(())
    }

    /// Submits the last of them, and answers with the arenas that hold them all.
    pub fn finish(mut self) -> Vec<DeviceTensor> {
        self.staging.submit();
        self.tensors
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
