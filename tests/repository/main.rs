//! What the repository says about itself: its promises have tests, and its dependencies the licences and sources that are
//! allowed.

mod dependencies;
mod promises;

use std::path::{Path, PathBuf};

/// A file of the checkout.
fn checkout(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
