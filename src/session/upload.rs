//! Bringing parameters and uniforms to the device.

use super::staging::{Staging, Submitted};
use crate::error::Result;
use crate::gpu::{DeviceTensor, Gpu};
use crate::graph::Graph;
use crate::kernels::pieces::Piece;
use crate::plan::{GROUP, PlacedWeights, Plan, TEXEL_BYTES};
use crate::weights::Weights;

/// A piece of a plan's parameters, and where it goes. Pieces can be packed in any order and on any thread.
pub struct Part<'a> {
    placed: &'a PlacedWeights,
    piece: Piece,
}

/// The pieces of all parameters of `plan`.
pub fn parts<'a>(graph: &'a Graph, plan: &'a Plan) -> impl Iterator<Item = Part<'a>> {
    plan.weights.placed.iter().flat_map(|placed| {
        let pieces = placed.packed.pieces(graph).into_iter();
        pieces.map(move |piece| Part { placed, piece })
    })
}

impl Part<'_> {
    /// Replaces `texels` by the packed piece.
    ///
    /// # Errors
    /// Those of [`Weights::elements`].
    pub fn pack(
        &self,
        graph: &Graph,
        weights: &Weights,
        texels: &mut Vec<[f32; GROUP]>,
    ) -> Result<()> {
        let elements = |id, range| weights.elements(graph, id, range);
        self.piece.pack(graph, elements, texels)
    }
}

/// A plan's parameters as they come to the device, piece by piece.
pub struct Upload<'a> {
    arenas: Vec<DeviceTensor>,
    staging: Staging<'a>,
}

impl<'a> Upload<'a> {
    /// Room for the parameters of `plan`, and none of them there yet.
    pub fn new(gpu: &'a Gpu, plan: &Plan) -> Self {
        let (device, storage) = (gpu.device(), plan.profile.storage);
        let arenas = plan.weights.arenas.iter();
        Self {
            arenas: arenas
                .map(|&texels| DeviceTensor::new(device, storage, texels, "weights"))
                .collect(),
            staging: Staging::new(gpu, plan.weight_bytes()),
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
            let arena = &self.arenas[part.placed.arena];
            let place = part.placed.offset + run.begin;
            let texels = run.texels.clone();
            self.staging.copy(&staged, texels, arena, place);
        }
        Ok(())
    }

    /// Submits the last of them, and answers with the arenas that hold them all.
    pub fn finish(mut self) -> Vec<DeviceTensor> {
        self.staging.submit();
        self.arenas
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
