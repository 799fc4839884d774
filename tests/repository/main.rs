//! What the repository says about itself: its promises have tests, its dependencies the licences and sources that are
//! allowed, and memory of devices is allocated in one place.

mod allocations;
mod dependencies;
mod promises;

use std::path::{Path, PathBuf};

/// A file of the checkout.
fn checkout(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
