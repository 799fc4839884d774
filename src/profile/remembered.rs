//! What an adapter can do at most, kept in a cache of measurements from one run of a program to the next.

use serde_json::{Value, json};

use super::Roofline;
use crate::cache::Cache;
use crate::error::Result;
use crate::gpu::AdapterDescription;

const TOPIC: &str = "roofline";
const FLOPS: &str = "flops_per_second";
const BYTES: &str = "bytes_per_second";

impl Roofline {
    /// Those of `adapter` that `cache` keeps; none where it keeps none.
    ///
    /// # Errors
    /// As [`Cache::find`]: the thing to do is to measure again.
    pub fn recall(cache: &Cache, adapter: &AdapterDescription) -> Result<Option<Self>> {
        cache.find(TOPIC, adapter, parse)
    }

    /// Keeps them as those of `adapter`.
    ///
    /// # Errors
    /// As [`Cache::keep`].
    pub fn remember(&self, cache: &Cache, adapter: &AdapterDescription) -> Result<()> {
        cache.keep(TOPIC, adapter, value(self))
    }
}

fn value(roofline: &Roofline) -> Value {
    json!({ FLOPS: roofline.flops_per_second, BYTES: roofline.bytes_per_second })
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
    fn only_positive_rates_are_accepted() {
        let roofline = Roofline {
            flops_per_second: 2.5e12,
            bytes_per_second: 1e11,
        };
        assert_eq!(parse(&value(&roofline)), Some(roofline));
        for unsound in [json!(null), json!("fast"), json!(0), json!(-1)] {
            assert_eq!(parse(&json!({ FLOPS: unsound, BYTES: 1e9 })), None);
            assert_eq!(parse(&json!({ FLOPS: 1e9, BYTES: unsound })), None);
        }
        assert_eq!(parse(&json!([])), None);
    }
}
