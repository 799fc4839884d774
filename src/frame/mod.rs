#![doc = include_str!("../../docs/embedding.md")]

mod answers;
mod buffer;
mod buffer_layout;
mod class_map_output;
mod class_scores;
mod classes_output;
mod continuous_run;
mod dispatch;
mod mask_output;
mod paint;
mod resize;
mod storage;
mod texture_input;
mod texture_source;
mod texture_target;

pub use answers::{Answer, Answers};
pub use buffer::{BufferInput, BufferOutput};
pub use buffer_layout::BufferLayout;
pub use class_map_output::ClassMapOutput;
pub(crate) use class_scores::ClassScores;
pub use classes_output::ClassesOutput;
pub use continuous_run::{ContinuousRun, FollowedAnswer};
pub(crate) use dispatch::record;
pub use mask_output::MaskOutput;
pub(crate) use paint::Painting;
pub use texture_input::TextureInput;
pub use texture_source::{Region, TextureSource, Transfer};
pub use texture_target::TextureTarget;

use crate::kernels::Kernel;

/// The kernels that copy inputs and outputs between an application and a session. They compute no operation of a graph.
#[doc(hidden)]
pub static FRAME_KERNELS: &[&Kernel] = &[
    &buffer::FROM_BUFFER,
    &buffer::TO_BUFFER,
    &class_scores::CLASS_MAP,
    &class_scores::SCORE_RANGE,
    &class_scores::TOP_CLASS,
    &classes_output::PAINT_CLASSES,
    &mask_output::FOREGROUND,
    &paint::PAINT,
    &resize::FIRST_PASS,
    &resize::SECOND_PASS,
];
