#![doc = include_str!("../../docs/embedding.md")]

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
