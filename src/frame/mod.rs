//! A network in an application's own frame: its input from the application's textures and buffers, its answer
//! into its buffers, or into host memory without ever waiting.
//!
//! Everything here is made once and then recorded into the application's command encoder, frame after frame:
//! recording submits nothing, polls nothing and makes nothing on the device.

mod answers;
mod buffer;
mod buffer_layout;
mod resize;
mod texture_input;
mod texture_source;

pub use answers::{Answer, Answers};
pub use buffer::{BufferInput, BufferOutput};
pub use buffer_layout::BufferLayout;
pub use texture_input::TextureInput;
pub use texture_source::{Region, TextureSource, Transfer};

use crate::kernels::Kernel;

/// The kernels that bring inputs and deliver answers. They compute no operation of a graph.
pub static FRAME_KERNELS: &[&Kernel] = &[
    &buffer::FROM_BUFFER,
    &buffer::TO_BUFFER,
    &resize::FIRST_PASS,
    &resize::SECOND_PASS,
];
