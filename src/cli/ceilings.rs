//! What the adapter can do at most: measured once, then kept.

use menagerie::cache::Cache;
use menagerie::gpu::Gpu;
use menagerie::profile::Roofline;
use serde_json::{Value, json};

use super::output::warn;

const TOPIC: &str = "ceilings";
const FLOPS: &str = "flops_per_second";
const BYTES: &str = "bytes_per_second";

/// Those that the user's cache has, unless they are to be measured `again`; else measured now, and kept. A
/// cache that cannot be used costs a warning; none are left where the device cannot be measured.
pub fn find_or_measure(gpu: &Gpu, again: bool) -> Option<Roofline> {
    let adapter = gpu.description();
    let cache = Cache::of_user().map_err(|error| warn(&error)).ok();
    if let Some(cache) = cache.as_ref().filter(|_| !again) {
        match cache.find(TOPIC, adapter, parse) {
            Ok(Some(ceilings)) => return Some(ceilings),
            Ok(None) => {}
            Err(error) => warn(&format_args!("{error}; measuring again")),
        }
    }
    let measured = Roofline::measure(gpu)
        .map_err(|error| warn(&format_args!("no roofline: {error}")))
        .ok()?;
    if let Some(Err(error)) = cache.map(|cache| cache.keep(TOPIC, adapter, value(&measured))) {
        warn(&error);
    }
    Some(measured)
}

fn value(ceilings: &Roofline) -> Value {
    json!({ FLOPS: ceilings.flops_per_second, BYTES: ceilings.bytes_per_second })
}

fn parse(value: &Value) -> Option<Roofline> {
    let positive = |key: &str| value[key].as_f64().filter(|&rate| rate > 0.0);
    Some(Roofline {
        flops_per_second: positive(FLOPS)?,
        bytes_per_second: positive(BYTES)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_rates_are_ceilings() {
        let ceilings = Roofline {
            flops_per_second: 2.5e12,
            bytes_per_second: 1e11,
        };
        assert_eq!(parse(&value(&ceilings)), Some(ceilings));
        for unsound in [json!(null), json!("fast"), json!(0), json!(-1)] {
            assert_eq!(parse(&json!({ FLOPS: unsound, BYTES: 1e9 })), None);
            assert_eq!(parse(&json!({ FLOPS: 1e9, BYTES: unsound })), None);
        }
        assert_eq!(parse(&json!([])), None);
    }
}
