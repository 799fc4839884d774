//! How networks of the zoo are evaluated, where it is not as torchvision evaluates most.

use super::Model;
use crate::preprocess::{Colour, Framing, Interpolation, Preprocess};
use crate::tensor::Shape;

impl Model {
    /// This network, for squares of `crop` pixels from the middle of a photo whose shorter side is resized to `side`.
    pub(super) const fn evaluated(
        self,
        interpolation: Interpolation,
        side: usize,
        crop: usize,
    ) -> Self {
        Self {
            input: Shape::new(self.input.channels, crop, crop),
            preprocess: Preprocess {
                framing: Framing::ShorterSide(side),
                interpolation,
                crop: [crop, crop],
                ..self.preprocess
            },
            ..self
        }
    }
}

/// What the Inception family was made for.
pub const LARGE_INPUT: Shape = Shape::new(3, 299, 299);

/// Values from -1 to 1, as TensorFlow's networks take them. torchvision's GoogLeNet and Inception v3 came
/// from there: their published weights go with `transform_input`, which turns what it was given,
/// normalised as all ImageNet networks have it, into this.
pub const CENTRED: Preprocess = Preprocess {
    mean: [0.5; 3],
    std: [0.5; 3],
    ..Preprocess::IMAGENET
};

/// timm's evaluation of what torchvision evaluates with a triangle filter.
pub const BICUBIC: Preprocess = Preprocess {
    interpolation: Interpolation::Bicubic,
    ..Preprocess::IMAGENET
};

/// timm's evaluation of TensorFlow's networks at 224.
pub const LITE_CROP: Preprocess = Preprocess {
    interpolation: Interpolation::Bicubic,
    ..CENTRED
};

/// timm's evaluation at 299: the crop is 0.8975 of the shorter side.
pub const LARGE_CROP: Preprocess = Preprocess {
    framing: Framing::ShorterSide(333),
    interpolation: Interpolation::Bicubic,
    crop: [299, 299],
    ..CENTRED
};

/// timm's evaluation at 331: the crop is 0.911 of the shorter side.
pub const LARGEST_CROP: Preprocess = Preprocess {
    framing: Framing::ShorterSide(363),
    crop: [331, 331],
    ..LARGE_CROP
};

/// Keras's documented evaluation: `load_img` resizes the whole photo to the size of the input by the nearest pixel, and
/// `preprocess_input` scales values to -1..1.
pub const KERAS: Preprocess = Preprocess {
    framing: Framing::Squash(1.0),
    interpolation: Interpolation::Nearest,
    ..CENTRED
};

/// The same at 299.
pub const KERAS_LARGE: Preprocess = Preprocess {
    crop: [299, 299],
    ..KERAS
};

/// The same for networks that were trained on pixels as Caffe has them: blue first, 0 to 255, minus the mean.
pub const KERAS_CAFFE: Preprocess = Preprocess {
    colour: Colour::Bgr,
    mean: [103.939 / 255.0, 116.779 / 255.0, 123.68 / 255.0],
    std: [1.0 / 255.0; 3],
    ..KERAS
};
