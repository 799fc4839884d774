//! The reference executor: every operation against results worked out by hand or by PyTorch, and whole graphs.

#[path = "../common/mod.rs"]
mod common;

mod conv;
mod conv_pairs;
mod executor;
mod fused;
mod maps;
mod operations;
mod windows;
mod winograd;
