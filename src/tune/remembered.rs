//! Winners, kept in a cache of measurements from one run of a program to the next.

use serde_json::{Map, Value, json};

use crate::cache::Cache;
use crate::device::Storage;
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::AdapterDescription;
use crate::kernels::interface::{Formats, Shader};
use crate::kernels::{Candidate, Fused};
use crate::program::Tuning;
use crate::weights::fnv1a64;

const TOPIC: &str = "tuning";
const KERNEL_TEXT: &str = "kernels";
const WINNERS: &str = "winners";

/// What was found out about kernels on `adapter`; none where nothing was.
///
/// # Errors
/// [`ErrorKind::Io`] where it cannot be read or understood, or was found out with another driver, version of
/// this crate or text of the kernels: the thing to do is to tune again.
pub fn recall(cache: &Cache, adapter: &AdapterDescription) -> Result<Option<Tuning>> {
    let Some((kernels, tuning)) = cache.find(TOPIC, adapter, parse)? else {
        return Ok(None);
    };
    if kernels == kernel_text() {
        return Ok(Some(tuning));
    }
    let path = cache.path(TOPIC, adapter);
    Err(Error::new(
        ErrorKind::Io,
        format!("{}: measured with other kernels", path.display()),
    ))
}

/// What the user's cache keeps about kernels on `adapter`; nothing where there is no such cache, or it keeps nothing.
///
/// # Errors
/// As [`recall`].
pub fn remembered(adapter: &AdapterDescription) -> Result<Tuning> {
    // Without a cache directory nothing can have been remembered.
    let Ok(cache) = Cache::of_user() else {
        return Ok(Tuning::NONE);
    };
    Ok(recall(&cache, adapter)?.unwrap_or_default())
}

/// Adds `found` to what the user's cache keeps about kernels on `adapter`, and answers why that was of no use, if it
/// was: then `found` is all that is kept.
///
/// # Errors
/// [`ErrorKind::Io`] where there is no such cache, or it cannot be written.
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

/// Keeps `tuning`, in place of what was kept for `adapter` before.
///
/// # Errors
/// [`ErrorKind::Io`] where the cache cannot be written.
pub fn remember(cache: &Cache, adapter: &AdapterDescription, tuning: &Tuning) -> Result<()> {
    let winners: Map<String, Value> = tuning
        .iter()
        .map(|(key, kernel)| (key.to_owned(), kernel.into()))
        .collect();
    let value = json!({ KERNEL_TEXT: kernel_text(), WINNERS: winners });
    cache.keep(TOPIC, adapter, value)
}

fn parse(value: &Value) -> Option<(String, Tuning)> {
    let mut tuning = Tuning::NONE;
    for (key, kernel) in value[WINNERS].as_object()? {
        tuning.prefer(key.clone(), kernel.as_str()?);
    }
    Some((value[KERNEL_TEXT].as_str()?.to_owned(), tuning))
}

/// A digest of all kernels' shaders.
fn kernel_text() -> String {
    let texts = Candidate::all().map(
        |Candidate {
             kernel, instance, ..
         }| {
            let shader = Shader {
                kernel,
                instance,
                storage: Storage::Buffer,
                shared_slots: false,
                formats: Formats::default(),
                fused: Fused::default(),
            };
            shader.source()
        },
    );
    format!("{:016x}", fnv1a64(&texts.collect::<String>()))
}
