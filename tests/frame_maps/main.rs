//! Maps painted into an application's texture: the picture that the CPU makes of the same run, on a device
//! with the limits that WebGPU promises, submitted by nobody but the application.

#[path = "../common/mod.rs"]
mod common;

mod class_map;
mod mask;
mod refusals;
mod whole_frame;
