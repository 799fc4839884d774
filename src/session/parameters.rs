//! Parameters on the device, one copy for all sessions that need them.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::arenas::Arenas;
use super::upload::{self, Part, Upload};
use crate::device::{QUAD_BYTES, Storage};
use crate::error::Result;
use crate::gpu::{DeviceTensor, Gpu, turn};
use crate::program::{Program, Recipe};
use crate::weights::BoundWeights;

/// The packed parameters that programs need, on a device: one copy of each, however many sessions are made with it, as
/// for several batch sizes of one network. They stay as long as a clone of it or such a session does. Clones are the
/// same parameters.
#[derive(Clone)]
pub struct Parameters {
    gpu: Gpu,
    weights: Option<BoundWeights>,
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    places: HashMap<(Storage, Recipe), Placed>,
    /// Of all tensors that hold them, in `vec4<f32>`.
    quads: usize,
}

/// Where packed parameters are.
#[derive(Clone)]
pub(super) struct Placed {
    pub tensor: DeviceTensor,
    /// Their first `vec4<f32>` in it.
    pub offset: usize,
}

/// Parameters that are yet to be brought to the device, and where they will be.
pub(super) struct Missing {
    storage: Storage,
    recipes: Vec<Recipe>,
    arenas: Arenas,
}

impl Parameters {
    /// None yet on `gpu`; [`Parameters::prepare_async`] brings there what a program needs of `weights`.
    pub fn new(gpu: &Gpu, weights: &BoundWeights) -> Self {
        Self {
            gpu: gpu.clone(),
            weights: Some(weights.clone()),
            held: Arc::default(),
        }
    }

    /// For programs that need none.
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

    /// Bytes of the device's memory that they take.
    pub fn bytes(&self) -> u64 {
        self.lock().quads as u64 * QUAD_BYTES
    }

    /// Brings what `program` needs and is not there yet to the device, one piece a turn. Sessions do it by themselves;
    /// who does it beforehand has them sooner.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights) where a tensor is not what it should be,
    /// [`ErrorKind::Device`](crate::ErrorKind::Device) where the device has no memory for it,
    /// [`ErrorKind::DeviceLost`](crate::ErrorKind::DeviceLost) where it was lost.
    pub async fn prepare_async(&self, program: &Program) -> Result<()> {
        let missing = self.missing(program);
        let (gpu, name) = (&self.gpu, program.name());
        let mut upload = gpu.attempt(name, || Ok(missing.upload(gpu))).await?;
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

    /// What `program` needs and is not there yet.
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

    /// Replaces `packed` by a packed piece.
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

    /// Keeps what was `missing` and is now in `tensors`. What another session has brought in the meantime stays.
    pub(super) fn keep(&self, missing: Missing, tensors: Vec<DeviceTensor>) {
        let mut held = self.lock();
        // A tensor of which nothing is needed any more goes at the end of this.
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
        let lengths = missing.arenas.lengths.iter().zip(is_kept);
        let kept = lengths.filter(|(_, is_kept)| *is_kept);
        held.quads += kept.map(|(length, _)| length).sum::<usize>();
    }

    /// Where the parameters of each recipe of `program` are; none where some are not there.
    pub(super) fn places(&self, program: &Program) -> Option<Vec<Placed>> {
        let storage = program.profile().storage;
        let held = self.lock();
        let recipes = program.recipes().iter();
        recipes
            .map(|recipe| held.places.get(&(storage, recipe.clone())).cloned())
            .collect()
    }

    /// The list, also where a thread died holding it: it is always whole.
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Missing {
    /// Room for them on the device.
    pub fn upload<'a>(&self, gpu: &'a Gpu) -> Upload<'a> {
        Upload::new(gpu, self.storage, &self.arenas.lengths)
    }

    /// The pieces that they are brought to the device in.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        upload::parts(&self.recipes, &self.arenas)
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameters({} bytes)", self.bytes())
    }
}
