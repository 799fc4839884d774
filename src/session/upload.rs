//! Uploading parameters and uniforms to the device.

use std::ops::Range;

use super::arenas::{ArenaPlace, Arenas};
use super::quads;
use super::staging::{Staging, Submitted};
use crate::device::Storage;
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::{DeviceBuffer, DeviceTensor, Gpu};
use crate::graph::Constant;
use crate::kernels::pieces::Piece;
use crate::kernels::{Format, QUAD};
use crate::program::{Program, Recipe};

/// A piece of packed parameters, and its place. Pieces can be packed in any order and on any thread.
pub struct Part<'a> {
    recipe: &'a Recipe,
    place: ArenaPlace,
    piece: Piece,
}

/// The pieces of all `recipes`, with their places in `arenas`.
pub fn parts<'a>(recipes: &'a [Recipe], arenas: &'a Arenas) -> impl Iterator<Item = Part<'a>> {
    let placed = recipes.iter().zip(arenas.places.iter().copied());
    placed.flat_map(|(recipe, place)| {
        let pieces = recipe.packing.pieces().into_iter();
        pieces.map(move |piece| Part {
            recipe,
            place,
            piece,
        })
    })
}

impl Part<'_> {
    /// Packs the piece into `packed`, and replaces its content. `read` returns a range of the values of a constant.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn pack(
        &self,
        read: impl Fn(&Constant, Range<usize>) -> Result<Vec<f32>>,
        packed: &mut Vec<[f32; QUAD]>,
    ) -> Result<()> {
        let operands = &self.recipe.operands;
        let read = |operand: usize, range: Range<usize>| match operands.get(operand) {
            Some(Some(constant)) => read(constant, range),
            // An operand that is left out is zero.
            _ => Ok(vec![0.0; range.len()]),
        };
        self.piece.pack(read, packed)
    }

    fn beyond_range(&self, found: f32) -> Error {
        let operands = self.recipe.operands.iter().flatten();
        let names: Vec<&str> = operands.map(|constant| constant.name()).collect();
        let message = format!(
            "{}: expected parameters within +-{}, the range of f16, found {found}; the layer can be kept in f32",
            names.join(", "),
            half::f16::MAX
        );
        Error::new(ErrorKind::BeyondRange, message)
    }
}

/// An upload of parameters to the device, piece by piece.
pub struct Upload<'a> {
    tensors: Vec<DeviceTensor>,
    staging: Staging<'a>,
}

impl<'a> Upload<'a> {
    /// Allocates the tensors of `arenas` in `storage`.
    ///
    /// # Errors
    /// As [`DeviceTensor::new`].
    pub fn new(gpu: &'a Gpu, storage: Storage, arenas: &Arenas) -> Result<Self> {
        let arenas = arenas.lengths.iter().zip(&arenas.formats);
        let bytes = arenas.clone().map(|(&quads, format)| format.bytes(quads));
        let bytes = bytes.sum();
        let tensors = arenas
            .map(|(&quads, &format)| DeviceTensor::new(gpu, storage, format, quads, "weights"));
        Ok(Self {
            tensors: tensors.collect::<Result<_>>()?,
            staging: Staging::new(gpu, bytes),
        })
    }

    /// Makes room for `quads`. Returns a submission that must be done before they are written, if there is one.
    pub fn make_room(&mut self, quads: &[[f32; QUAD]]) -> Option<Submitted> {
        // At most: f32 is the longest format.
        self.staging.make_room(Format::F32.bytes(quads.len()))
    }

    /// Writes a packed piece.
    ///
    /// # Errors
    /// As [`Staging::stage`]; [`ErrorKind::BeyondRange`](crate::ErrorKind::BeyondRange) if a parameter is beyond the range of
    /// the format that it is stored in.
    pub fn write(&mut self, part: &Part<'_>, quads: &[[f32; QUAD]]) -> Result<()> {
        let format = part.recipe.format;
        let bytes = quads::encoded(quads, format).map_err(|found| part.beyond_range(found))?;
        let staged = self.staging.stage(&bytes)?;
        for run in part.piece.runs() {
            let arena = &self.tensors[part.place.arena];
            let place = part.place.offset + run.begin;
            let quads = run.quads.clone();
            self.staging.copy(&staged, format, quads, arena, place);
        }
        Ok(())
    }

    /// Submits the last copies, and returns the tensors that hold all parameters.
    pub fn finish(mut self) -> Vec<DeviceTensor> {
        self.staging.submit();
        self.tensors
    }
}

/// The uniform blocks of `program`, with the offset of each recipe's parameters, in quads, filled in.
pub fn relocated(program: &Program, offsets: &[usize]) -> Vec<u8> {
    let mut blocks = program.uniforms().to_vec();
    for relocation in program.relocations() {
        // A `u32` can index every quad of an arena.
        let offset = offsets[relocation.recipe] as u32;
        let word = relocation.place..relocation.place + size_of::<u32>();
        blocks[word].copy_from_slice(&offset.to_ne_bytes());
    }
    blocks
}

/// A buffer with all uniform blocks.
///
/// # Errors
/// As [`DeviceTensor::new`].
pub fn uniforms(gpu: &Gpu, blocks: &[u8]) -> Result<DeviceBuffer> {
    use wgpu::BufferUsages as Usages;
    let bytes = blocks.len().max(4) as u64;
    let buffer = gpu.buffer("uniforms", bytes, Usages::UNIFORM | Usages::COPY_DST)?;
    gpu.queue().write_buffer(&buffer, 0, blocks);
    Ok(buffer)
}
