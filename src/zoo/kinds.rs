//! What the zoo's networks of a kind have in common: input, classes, and how photos are prepared.

use super::architecture::Architecture;
use super::labels::Names;
use super::photo_size::PhotoSize;
use super::{Model, Task};
use crate::preprocess::{Colour, Framing, Interpolation, Preprocess};
use crate::tensor::Shape;

/// A classifier of ImageNet that sees 224x224 pixels as torchvision evaluates it.
pub const fn imagenet(
    name: &'static str,
    paper: &'static str,
    architecture: Architecture,
) -> Model {
    Model {
        name,
        paper,
        input: Shape::new(3, 224, 224),
        classes: 1000,
        task: Task::Classify,
        photo_size: PhotoSize::Usual,
        names: Names::ImageNet,
        preprocess: Preprocess::IMAGENET,
        published: None,
        architecture,
    }
}

/// A network that finds the 21 classes of the Pascal VOC challenge in each pixel, as torchvision evaluates it: the whole
/// photo, with a shorter side of 520 pixels.
pub const fn voc(name: &'static str, paper: &'static str, architecture: Architecture) -> Model {
    Model {
        name,
        paper,
        input: Shape::new(3, 520, 520),
        classes: 21,
        task: Task::Segment,
        photo_size: PhotoSize::ShorterSide(520),
        names: Names::Voc,
        preprocess: Preprocess {
            framing: Framing::Squash(1.0),
            crop: [520, 520],
            ..Preprocess::IMAGENET
        },
        published: None,
        architecture,
    }
}

/// A network that tells, for each pixel, whether it shows what is looked for. Any size will do; this one is
/// quick to try.
pub const fn mask(name: &'static str, paper: &'static str, architecture: Architecture) -> Model {
    Model {
        name,
        paper,
        input: Shape::new(3, 256, 256),
        classes: 2,
        task: Task::Segment,
        photo_size: PhotoSize::Same,
        names: Names::Mask,
        preprocess: Preprocess {
            framing: Framing::Squash(1.0),
            interpolation: Interpolation::Bicubic,
            crop: [256, 256],
            colour: Colour::Rgb,
            mean: [0.0; 3],
            std: [1.0; 3],
        },
        published: None,
        architecture,
    }
}

/// A classifier of handwritten digits.
pub const fn digits(name: &'static str, paper: &'static str, architecture: Architecture) -> Model {
    Model {
        name,
        paper,
        input: Shape::new(1, 28, 28),
        classes: 10,
        task: Task::Classify,
        photo_size: PhotoSize::Usual,
        names: Names::Digits,
        preprocess: Preprocess {
            framing: Framing::ShorterSide(28),
            crop: [28, 28],
            colour: Colour::Gray,
            mean: [0.1307; 3],
            std: [0.3081; 3],
            ..Preprocess::IMAGENET
        },
        published: None,
        architecture,
    }
}
