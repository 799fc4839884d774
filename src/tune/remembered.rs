//! Storing tunings in a cache of measurements, for later runs of a program.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::cache::Cache;
use crate::device::Storage;
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::AdapterDescription;
use crate::kernels::interface::{Formats, Shader, Storages};
use crate::kernels::{Candidate, Fused};
use crate::program::Tuning;
use crate::weights::fnv1a64;

const TOPIC: &str = "tuning";
const KERNEL_TEXT: &str = "kernels";
const WINNERS: &str = "winners";

/// A digest of all kernels' shaders. It is made once, because it never changes and each reading of a tuning needs it.
static KERNELS_DIGEST: LazyLock<String> = LazyLock::new(kernels_digest);

/// Reads the tuning for `adapter` from `cache`. Returns `None` if there is none.
///
/// # Errors
/// [`ErrorKind::Io`] if the file cannot be read or parsed, or was made with another driver, version of this crate or
/// text of the kernels. Then tune again.
pub fn recall(cache: &Cache, adapter: &AdapterDescription) -> Result<Option<Tuning>> {
    let Some((kernels, tuning)) = cache.find(TOPIC, adapter, parse)? else {
        return Ok(None);
    };
    if kernels == *KERNELS_DIGEST {
        return Ok(Some(tuning));
    }
    let path = cache.path(TOPIC, adapter);
    Err(Error::new(
        ErrorKind::Io,
        format!("{}: measured with other kernels", path.display()),
    ))
}

/// Reads the tuning for `adapter` from the user's cache. Returns an empty tuning if there is no cache or no tuning.
///
/// # Errors
/// As [`recall`].
pub fn remembered(adapter: &AdapterDescription) -> Result<Tuning> {
    // Without a cache directory there is no stored tuning.
    let Ok(cache) = Cache::of_user() else {
        return Ok(Tuning::NONE);
    };
    Ok(recall(&cache, adapter)?.unwrap_or_default())
}

/// Adds `found` to the tuning that the user's cache stores for `adapter`. Returns the error that made the stored tuning
/// unusable, if there was one; then only `found` is stored.
///
/// # Errors
/// [`ErrorKind::Io`] if there is no cache folder, or it cannot be written.
pub fn add_to_remembered(adapter: &AdapterDescription, found: &Tuning) -> Result<Option<Error>> {
    let cache = Cache::of_user()?;
    let (mut tuning, unusable) = match recall(&cache, adapter) {
        Ok(tuning) => (tuning.unwrap_or_default(), None),
        Err(error) => (Tuning::NONE, Some(error)),
    };
    for (key, kernel) in found.iter() {
        tuning.prefer(key.to_owned(), kernel);
    }
    remember(&cache, adapter, &tuning)?;
    Ok(unusable)
}

/// Stores `tuning` for `adapter` in `cache`, in place of an older one.
///
/// # Errors
/// [`ErrorKind::Io`] if the cache cannot be written.
pub fn remember(cache: &Cache, adapter: &AdapterDescription, tuning: &Tuning) -> Result<()> {
    let winners: Map<String, Value> = tuning
        .iter()
        .map(|(key, kernel)| (key.to_owned(), kernel.into()))
        .collect();
    let value = json!({ KERNEL_TEXT: *KERNELS_DIGEST, WINNERS: winners });
    cache.keep(TOPIC, adapter, value)
}

fn parse(value: &Value) -> Option<(String, Tuning)> {
    let mut tuning = Tuning::NONE;
    for (key, kernel) in value[WINNERS].as_object()? {
        tuning.prefer(key.clone(), kernel.as_str()?);
    }
    Some((value[KERNEL_TEXT].as_str()?.to_owned(), tuning))
}

fn kernels_digest() -> String {
    let texts = Candidate::all().map(
        |Candidate {
             kernel, instance, ..
         }| {
            let shader = Shader {
                kernel,
                instance,
                storages: Storages::all(Storage::Buffer),
                shared_slots: false,
                formats: Formats::default(),
                fused: Fused::default(),
            };
            shader.source()
        },
    );
    format!("{:016x}", fnv1a64(&texts.collect::<String>()))
}
