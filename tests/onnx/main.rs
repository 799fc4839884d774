//! ONNX files: reading, import, and the answers of what was imported.

#[path = "../common/mod.rs"]
mod common;

mod branches;
mod channels;
mod compositions;
mod extents;
mod forms;
mod groups;
mod limits;
mod loops;
mod malformed;
mod meaning;
mod networks;
mod node_cases;
mod nodes;
mod programs;
mod quantised;
mod reductions;
mod table;
mod writer;
