//! The answers of a network as Python's objects.

mod classification;
mod explanation;
mod mask;
mod segmentation;

pub use classification::{Classification, Guess};
pub use explanation::Explanation;
pub use mask::Mask;
pub use segmentation::Segmentation;
