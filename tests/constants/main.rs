//! What no input reaches: constants computed of stored and known tensors, in f64 and rounded once, whole or in part.

#[path = "../common/mod.rs"]
mod common;

mod extent;
mod folds;
mod known;
mod net;
