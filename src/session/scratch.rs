//! Memory that sessions share.

use std::cmp::Reverse;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::device::{QUAD_BYTES, Storage};
use crate::gpu::{DeviceTensor, Gpu};
use crate::program::Program;

/// Memory for activations that sessions of one [`Gpu`] share: together they take about as much as the largest of
/// them alone, where the largest is made first. Clones are the same memory.
///
/// Such sessions take turns: from the input of a run to the copy of its answer, all parts of a run that is split
/// over frames included, nothing of another session with the same scratch may come in between, or answers are
/// wrong.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    tensors: Arc<Mutex<Vec<Held>>>,
}

#[derive(Debug)]
struct Held {
    gpu: Gpu,
    storage: Storage,
    quads: usize,
    tensor: DeviceTensor,
}

impl Scratch {
    /// Bytes that it holds, for all [`Gpu`]s that its sessions are on.
    pub fn bytes(&self) -> u64 {
        let held = self.lock();
        held.iter().map(|held| held.quads as u64 * QUAD_BYTES).sum()
    }

    /// A tensor for each slot of `program`: those that are there and large enough, else new ones.
    pub(super) fn slots(&self, gpu: &Gpu, program: &Program) -> Vec<DeviceTensor> {
        let storage = program.profile().storage;
        let mut held = self.lock();
        let mut taken = Vec::new();
        let mut tensors = vec![None; program.slots().len()];
        // The largest slots choose first, and each takes the smallest that will do.
        let mut order: Vec<usize> = (0..program.slots().len()).collect();
        order.sort_by_key(|&slot| Reverse(program.slots()[slot]));
        for slot in order {
            let quads = (program.slots()[slot] / QUAD_BYTES) as usize;
            let found = (0..held.len())
                .filter(|index| !taken.contains(index))
                .filter(|&index| held[index].serves(gpu, storage, quads))
                .min_by_key(|&index| held[index].quads);
            let index = found.unwrap_or_else(|| {
                held.push(Held {
                    gpu: gpu.clone(),
                    storage,
                    quads,
                    tensor: DeviceTensor::new(gpu.device(), storage, quads, "activations"),
                });
                held.len() - 1
            });
            taken.push(index);
            tensors[slot] = Some(held[index].tensor.clone());
        }
        tensors.into_iter().flatten().collect()
    }

    /// The list, also where a thread died holding it: it is always whole.
    fn lock(&self) -> MutexGuard<'_, Vec<Held>> {
        self.tensors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn serves(&self, gpu: &Gpu, storage: Storage, quads: usize) -> bool {
        self.quads >= quads && self.storage == storage && self.gpu.shares_with(gpu)
    }
}
