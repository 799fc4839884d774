//! Sites derived from another one: a part of the output channels, or the operation without prologue and epilogue.

use std::ops::Range;

use super::read::Read;
use super::site::Site;
use crate::graph::Cost;
#[cfg(not(target_arch = "wasm32"))]
use crate::graph::Pointwise;
use crate::tensor::Type;

impl Site<'_> {
    /// The site with its cost computed again, after its inputs or results have changed.
    fn recounted(mut self) -> Self {
        let typed = |read: &'_ Read| (read.constant.is_some(), read.ty);
        let reads: Vec<Option<(bool, Type)>> = self
            .reads
            .iter()
            .map(|read| read.as_ref().map(typed))
            .collect();
        let further = self.pre_operands.iter().chain(&self.operands);
        let further: Vec<(bool, Type)> = further.map(typed).collect();
        let reads: Vec<Option<(bool, &Type)>> = reads
            .iter()
            .map(|read| read.as_ref().map(|(constant, ty)| (*constant, ty)))
            .collect();
        let further: Vec<(bool, &Type)> = further
            .iter()
            .map(|(constant, ty)| (*constant, ty))
            .collect();
        let results: Vec<&Type> = self.results.iter().collect();
        let around = [&self.pre, &self.post];
        self.cost = Cost::of(&self.op, around, &reads, &further, &results).of_batch(self.batch);
        self
    }

    /// The operation for only the output channels `channels`, or `None` if it has no separate output channels.
    pub(crate) fn part(&self, channels: Range<usize>) -> Option<Self> {
        let count = channels.len();
        let narrowed = |ty: &Type, axis: usize| {
            let mut extents = ty.dims().to_vec();
            *extents.get_mut(axis)? = count;
            match ty.is_per_image() {
                true => Type::per_image(ty.element(), &extents[1..]).ok(),
                false => Type::shared(ty.element(), &extents).ok(),
            }
        };
        let mut part = self.clone();
        for read in part.reads.iter_mut().skip(1).flatten() {
            read.ty = narrowed(&read.ty, 0)?;
        }
        for operand in &mut part.operands {
            // A constant keeps its type: packing reads only the values of these channels.
            if operand.constant.is_none() {
                operand.ty = narrowed(&operand.ty, 1)?;
            }
        }
        for result in &mut part.results {
            *result = narrowed(result, 1)?;
        }
        let inputs = part.inputs.iter_mut().enumerate().skip(1);
        let inputs = inputs.filter(|&(index, _)| !self.is_before(index));
        for shape in inputs.map(|(_, shape)| shape).chain(&mut part.outputs) {
            shape.channels = count;
        }
        Some(part.recounted())
    }

    /// The operation without prologue and epilogue.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn alone(mut self) -> Self {
        let further = self.pre_operands.iter().chain(&self.operands);
        let operands = further.filter(|read| read.constant.is_none()).count();
        self.inputs.truncate(self.inputs.len() - operands);
        self.pre = Pointwise::identity();
        self.pre_operands.clear();
        self.post = Pointwise::identity();
        self.operands.clear();
        self.recounted()
    }
}
