//! What integration tests share. Each test file compiles its own copy and uses part of it.

#![allow(dead_code, reason = "each test uses a part of it")]

pub mod families;
pub mod golden;
pub mod operation;
pub mod safetensors_file;
