//! What the tests of the reference executor and of the GPU share.

#![allow(dead_code, reason = "each test uses a part of it")]

pub mod device;
pub mod golden;
