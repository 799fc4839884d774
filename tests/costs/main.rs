//! What operations, networks and dispatches cost: operations, and bytes that are moved.

#[path = "../common/mod.rs"]
mod common;

mod dispatches;
mod networks;
mod operations;
