//! Maps over a photo: class activation maps, masks of a segmentation, and painting either as a picture.
//!
//! [`ClassMaps`] are the class activation maps of Zhou et al. 2016, "Learning Deep Features for Discriminative
//! Localization" (CVPR, arXiv:1512.04150). This module works in host memory; [`frame`](crate::frame) makes the same
//! picture on the GPU.

mod best_classes;
mod class_colour;
mod class_maps;
mod head;
mod palette;
mod score_map;
mod span;

pub(crate) use best_classes::best_classes;
pub use class_colour::class_colour;
pub use class_maps::ClassMaps;
pub(crate) use class_maps::check_class;
pub use head::with_features;
pub(crate) use palette::FOREGROUND;
pub use palette::Palette;
pub use score_map::{ScoreMap, Style, foreground};
pub(crate) use span::spans;
