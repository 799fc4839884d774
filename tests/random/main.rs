//! Random networks through the public builder: whatever they are, they are refused in one line or they work.

#[path = "../common/mod.rs"]
mod common;

mod answers;
mod chance;
mod layers;
mod network;
mod order;
mod planning;
