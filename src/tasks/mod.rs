//! What photos are asked of a [`Network`](crate::Network): which class they are of, which of their pixels show
//! something, and which pixels speak for a class.

mod classification;
mod classify;
mod classify_stream;
mod explain;
mod explanation;
mod mask;
mod overlay;
mod segment;

pub use classification::{Classification, Guess};
pub use classify_stream::ClassifyStream;
pub use explanation::Explanation;
pub use mask::Mask;
