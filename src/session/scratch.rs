//! Memory for activations that sessions share.

use std::cmp::Reverse;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::device::Storage;
use crate::error::Result;
use crate::gpu::{DeviceTensor, Gpu};
use crate::kernels::Format;
use crate::program::Program;

/// Memory for activations that sessions of one [`Gpu`] share. If the largest session is made first, all of them together
/// use about as much memory as the largest one alone. Clones are the same memory.
///
/// Sessions with the same scratch must not overlap. From the input of a run to the copy of its outputs, including all
/// parts of a run that is split over frames, no other such session may run. Otherwise outputs are wrong.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    tensors: Arc<Mutex<Vec<Held>>>,
}

#[derive(Debug)]
struct Held {
    gpu: Gpu,
    storage: Storage,
    format: Format,
    bytes: u64,
    tensor: DeviceTensor,
}

impl Scratch {
    /// Bytes of memory that it holds, on all [`Gpu`]s of its sessions.
    pub fn bytes(&self) -> u64 {
        let held = self.lock();
        held.iter().map(|held| held.bytes).sum()
    }

    /// A tensor for each slot of `program`: an existing one that is large enough, or else a new one.
    ///
    /// # Errors
    /// As [`DeviceTensor::new`]. Then none of the new ones stays.
    pub(super) fn slots(&self, gpu: &Gpu, program: &Program) -> Result<Vec<DeviceTensor>> {
        let mut held = self.lock();
        let before = held.len();
        let slots = slots(&mut held, gpu, program);
        if slots.is_err() {
            held.truncate(before);
        }
        slots
    }

    /// Locks the list. It is valid even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, Vec<Held>> {
        self.tensors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A tensor for each slot of `program`. Those that are not yet `held` are new, and then held.
fn slots(held: &mut Vec<Held>, gpu: &Gpu, program: &Program) -> Result<Vec<DeviceTensor>> {
    let mut taken = Vec::new();
    let mut tensors = vec![None; program.slots().len()];
    // The largest slot is placed first. Each slot takes the smallest tensor that is large enough.
    let mut order: Vec<usize> = (0..program.slots().len()).collect();
    order.sort_by_key(|&slot| Reverse(program.slots()[slot]));
    for slot in order {
        let (bytes, format) = (program.slots()[slot], program.slot_formats()[slot]);
        let storage = program.slot_storages()[slot];
        let found = (0..held.len())
            .filter(|index| !taken.contains(index))
            .filter(|&index| held[index].fits(gpu, storage, format, bytes))
            .min_by_key(|&index| held[index].bytes);
        let index = match found {
            Some(index) => index,
            None => {
                let quads = bytes.div_ceil(format.quad_bytes()) as usize;
                held.push(Held {
                    gpu: gpu.clone(),
                    storage,
                    format,
                    bytes,
                    tensor: DeviceTensor::new(gpu, storage, format, quads, "activations")?,
                });
                held.len() - 1
            }
        };
        taken.push(index);
        tensors[slot] = Some(held[index].tensor.clone());
    }
    Ok(tensors.into_iter().flatten().collect())
}

impl Held {
    fn fits(&self, gpu: &Gpu, storage: Storage, format: Format, bytes: u64) -> bool {
        self.bytes >= bytes
            && (self.storage, self.format) == (storage, format)
            && self.gpu.shares_with(gpu)
    }
}
