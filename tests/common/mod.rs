//! What integration tests share. Each test file compiles its own copy and uses part of it.

#![allow(dead_code, reason = "each test uses a part of it")]

pub mod adapters;
pub mod application;
pub mod bindings;
pub mod cases;
pub mod compare;
pub mod device;
pub mod driven;
pub mod families;
pub mod fit;
pub mod golden;
pub mod golden_features;
pub mod golden_scales;
pub mod networks;
pub mod operation;
pub mod painting;
pub mod photos;
pub mod quads;
pub mod safetensors_file;
pub mod variants;
