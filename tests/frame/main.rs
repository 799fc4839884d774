//! A network in an application's frame: its textures and buffers in, its buffers out, its encoder, its device,
//! and what happens when that is lost.

#[path = "../common/mod.rs"]
mod common;

mod answers;
mod buffers;
mod continuous_run;
mod lost_device;
mod networks;
mod outputs;
mod parts;
mod photo;
mod scratch;

mod texture_formats;
mod texture_refusals;
mod texture_resize;
mod threads;
mod whole_frame;
