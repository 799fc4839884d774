//! What sessions hold, and that frames take nothing more: memory of the host and of the device. The allocator of this
//! test counts, so it is a program of its own.

#[path = "../common/mod.rs"]
mod common;

mod allocator;
mod by_hand;
mod frames;
mod held;
mod network;
mod readers;
mod refused;
mod sessions;

use std::sync::Mutex;

/// What one test holds must not be counted in another.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
