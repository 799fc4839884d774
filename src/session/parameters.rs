//! Parameters on the device, shared by all sessions that need them.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::arenas::Arenas;
use super::upload::{self, Part, Upload};
use crate::device::Storage;
use crate::error::Result;
use crate::gpu::{DeviceTensor, Gpu};
use crate::program::{Program, Recipe};
use crate::turn::turn;
use crate::weights::BoundWeights;

/// Packed parameters on a device. Several sessions, for example with different batch sizes of one network, share one copy
/// of each. The memory is freed with the last clone and the last session that uses it. Clones are the same parameters.
#[derive(Clone)]
pub struct Parameters {
    gpu: Gpu,
    weights: Option<BoundWeights>,
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    places: HashMap<(Storage, Recipe), Placed>,
    /// Length of all tensors that hold them.
    bytes: u64,
}

/// Where packed parameters are.
#[derive(Clone)]
pub(super) struct Placed {
    pub tensor: DeviceTensor,
    /// Their first quad in it.
    pub offset: usize,
}

/// Parameters that are yet to be brought to the device, and where they will be.
pub(super) struct Missing {
    storage: Storage,
    recipes: Vec<Recipe>,
    arenas: Arenas,
}

impl Parameters {
    /// Parameters from `weights` for `gpu`. Nothing is uploaded yet: [`Parameters::prepare_async`] uploads what a program
    /// needs.
    pub fn new(gpu: &Gpu, weights: &BoundWeights) -> Self {
        Self {
            gpu: gpu.clone(),
            weights: Some(weights.clone()),
            held: Arc::default(),
        }
    }

    /// Parameters for programs that need none.
    pub(crate) fn none(gpu: &Gpu) -> Self {
        Self {
            gpu: gpu.clone(),
            weights: None,
            held: Arc::default(),
        }
    }

    /// The device.
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Bytes of device memory that they use.
    pub fn bytes(&self) -> u64 {
        self.lock().bytes
    }

    /// The tensors that hold them.
    pub(super) fn tensors(&self) -> Vec<DeviceTensor> {
        let held = self.lock();
        let places = held.places.values();
        places.map(|placed| placed.tensor.clone()).collect()
    }

    /// Uploads the parameters that `program` needs and that are not yet on the device. It yields to the executor after
    /// each piece. Sessions call it; an application can call it earlier to make a session faster.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights) if a tensor is not valid,
    /// [`ErrorKind::OutOfMemory`](crate::ErrorKind::OutOfMemory) if the device has too little memory,
    /// [`ErrorKind::DeviceLost`](crate::ErrorKind::DeviceLost) if it was lost.
    pub async fn prepare_async(&self, program: &Program) -> Result<()> {
        let missing = self.missing(program);
        let (gpu, name) = (&self.gpu, program.name());
        let mut upload = gpu.attempt(name, || missing.upload(gpu)).await?;
        let mut packed = Vec::new();
        for part in missing.parts() {
            self.pack(&part, &mut packed)?;
            let submitted = gpu.attempt(name, || Ok(upload.make_room(&packed))).await?;
            if let Some(submitted) = submitted {
                submitted.done(gpu).await?;
            }
            gpu.attempt(name, || upload.write(&part, &packed)).await?;
            turn().await;
        }
        let tensors = gpu.attempt(name, || Ok(upload.finish())).await?;
        self.keep(missing, tensors);
        Ok(())
    }

    /// The parameters that `program` needs and that are not yet on the device.
    pub(super) fn missing(&self, program: &Program) -> Missing {
        let storage = program.profile().storage;
        let held = self.lock();
        let recipes = program.recipes().iter().cloned();
        let recipes: Vec<Recipe> = recipes
            .filter(|recipe| !held.places.contains_key(&(storage, recipe.clone())))
            .collect();
        Missing {
            storage,
            arenas: Arenas::of(&recipes, program.profile().max_quads()),
            recipes,
        }
    }

    /// Packs the piece `part` into `packed`, and replaces its content.
    pub(super) fn pack(
        &self,
        part: &Part<'_>,
        packed: &mut Vec<[f32; crate::kernels::QUAD]>,
    ) -> Result<()> {
        part.pack(
            |constant, range| match &self.weights {
                Some(weights) => weights.values(constant, range),
                None => Ok(vec![0.0; range.len()]),
            },
            packed,
        )
    }

    /// Stores that the `missing` parameters are now in `tensors`. Parameters that another session has uploaded meanwhile
    /// stay.
    pub(super) fn keep(&self, missing: Missing, tensors: Vec<DeviceTensor>) {
        let mut held = self.lock();
        // A tensor that is not needed any more is dropped at the end of this function.
        let mut is_kept = vec![false; tensors.len()];
        for (recipe, place) in missing.recipes.into_iter().zip(missing.arenas.places) {
            held.places
                .entry((missing.storage, recipe))
                .or_insert_with(|| {
                    is_kept[place.arena] = true;
                    Placed {
                        tensor: tensors[place.arena].clone(),
                        offset: place.offset,
                    }
                });
        }
        let arenas = missing.arenas.lengths.iter().zip(&missing.arenas.formats);
        let kept = arenas.zip(is_kept).filter(|(_, is_kept)| *is_kept);
        let bytes = kept.map(|((&length, format), _)| format.bytes(length));
        held.bytes += bytes.sum::<u64>();
    }

    /// The place of the parameters of each recipe of `program`, or `None` if some are not on the device.
    pub(super) fn places(&self, program: &Program) -> Option<Vec<Placed>> {
        let storage = program.profile().storage;
        let held = self.lock();
        let recipes = program.recipes().iter();
        recipes
            .map(|recipe| held.places.get(&(storage, recipe.clone())).cloned())
            .collect()
    }

    /// Locks the list. It is valid even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Missing {
    /// Allocates memory for them on the device.
    ///
    /// # Errors
    /// As [`Upload::new`].
    pub fn upload<'a>(&self, gpu: &'a Gpu) -> Result<Upload<'a>> {
        Upload::new(gpu, self.storage, &self.arenas)
    }

    /// The pieces in which they are uploaded.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        upload::parts(&self.recipes, &self.arenas)
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameters({} bytes)", self.bytes())
    }
}
