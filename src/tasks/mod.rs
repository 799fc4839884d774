//! The tasks of a [`Network`](crate::Network) with photos and textures: classify, segment, explain a class, and embed, which
//! computes feature vectors.

mod answer_stream;
mod classification;
mod classify;
mod embed;
mod explain;
mod explanation;
mod mask;
mod overlay;
mod painting;
mod picture;
mod segment;
mod segmentation;

pub use answer_stream::AnswerStream;
pub(crate) use answer_stream::each_image;
pub use classification::{Classification, Guess};
pub use explanation::Explanation;
pub use mask::Mask;
pub use picture::Picture;
pub use segmentation::Segmentation;
