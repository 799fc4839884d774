//! ONNX files: reading, import, and the answers of what was imported.

#[path = "../common/mod.rs"]
mod common;

mod node_cases;
mod nodes;
