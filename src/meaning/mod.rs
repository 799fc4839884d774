//! What files of weights and models say about photos and classes: in their metadata, and in files beside them.

mod beside;
mod config;
mod metadata;
mod processor;
mod values;

pub(crate) use beside::{Unread, beside, files, fits};
pub(crate) use config::Config;
