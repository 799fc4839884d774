//! The roofline of the adapter: measured once, then stored in the cache.

use menagerie::cache::Cache;
use menagerie::gpu::Gpu;
use menagerie::profile::Roofline;

use super::output::warn;

/// Returns the roofline from the user's cache. Measures and stores it if there is none, or if `again` is true. Prints a
/// warning if the cache cannot be used. Returns `None` if the device cannot be measured.
pub fn find_or_measure(gpu: &Gpu, again: bool) -> Option<Roofline> {
    let adapter = gpu.description();
    let cache = Cache::of_user().map_err(|error| warn(&error)).ok();
    if let Some(cache) = cache.as_ref().filter(|_| !again) {
        match Roofline::recall(cache, adapter) {
            Ok(Some(roofline)) => return Some(roofline),
            Ok(None) => {}
            Err(error) => warn(&format_args!("{error}; measuring again")),
        }
    }
    let measured = Roofline::measure(gpu)
        .map_err(|error| warn(&format_args!("no roofline: {error}")))
        .ok()?;
    if let Some(Err(error)) = cache.map(|cache| measured.remember(&cache, adapter)) {
        warn(&error);
    }
    Some(measured)
}
