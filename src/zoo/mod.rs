//! The zoo: every network by name, written with the words of its paper.

mod alexnet_lrn;
mod labels;
mod lenet5;
mod mobilenet_v1;
mod mobilenet_v2;
mod nasnet;
mod resnet;
mod scope;
mod unet;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Shape};
use crate::preprocess::{Colour, Framing, Interpolation, Preprocess};
use unet::UpSampling;

/// What a network's answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// The 1000 classes of ImageNet's challenge.
    ImageNet,
    /// The digits 0 to 9.
    Digits,
    /// Whether a pixel shows what is looked for: an answer for each pixel, not for the image.
    Mask,
}

/// A network of the zoo.
pub struct Model {
    /// What users type.
    pub name: &'static str,
    /// Paper and year.
    pub paper: &'static str,
    /// The input that the published weights were trained for.
    pub input: Shape,
    /// Length of the answer.
    pub classes: usize,
    /// What the answer's entries stand for.
    pub labels: Labels,
    /// How a photo becomes the input.
    pub preprocess: Preprocess,
    build: fn(&Model, Shape) -> Result<Graph>,
}

impl Model {
    /// The network's graph for its usual input.
    ///
    /// # Errors
    /// None for the models of the zoo; see [`Model::graph_for`].
    pub fn graph(&self) -> Result<Graph> {
        self.graph_for(self.input)
    }

    /// The network's graph for images of `input`.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where the image is too small for the network or has another number of
    /// channels.
    pub fn graph_for(&self, input: Shape) -> Result<Graph> {
        (self.build)(self, input).map_err(|error| error.in_context(self.name))
    }
}

const IMAGENET_INPUT: Shape = Shape::new(3, 224, 224);

/// Any size will do; this one is quick to try.
const MASK_INPUT: Shape = Shape::new(3, 256, 256);

/// The whole image, its pixels from 0 to 1.
const MASK_PREPROCESS: Preprocess = Preprocess {
    framing: Framing::Squash(1.0),
    interpolation: Interpolation::Bicubic,
    crop: [256, 256],
    colour: Colour::Rgb,
    mean: [0.0; 3],
    std: [1.0; 3],
};

static MODELS: [Model; 10] = [
    Model {
        name: "alexnet_lrn",
        paper: "Krizhevsky 2012",
        input: Shape::new(3, 227, 227),
        classes: 1000,
        labels: Labels::ImageNet,
        preprocess: Preprocess {
            crop: [227, 227],
            // Caffe subtracts the mean of its pixels, 0 to 255, and divides by nothing.
            mean: [122.68 / 255.0, 116.67 / 255.0, 104.01 / 255.0],
            std: [1.0 / 255.0; 3],
            ..Preprocess::IMAGENET
        },
        build: |model, input| alexnet_lrn::build(model.name, input, model.classes),
    },
    Model {
        name: "lenet5",
        paper: "LeCun 1998",
        input: Shape::new(1, 28, 28),
        classes: 10,
        labels: Labels::Digits,
        preprocess: Preprocess {
            framing: Framing::ShorterSide(28),
            crop: [28, 28],
            colour: Colour::Gray,
            mean: [0.1307; 3],
            std: [0.3081; 3],
            ..Preprocess::IMAGENET
        },
        build: |model, input| lenet5::build(model.name, input),
    },
    Model {
        name: "mobilenet_v1",
        paper: "Howard 2017, arXiv:1704.04861",
        input: IMAGENET_INPUT,
        classes: 1000,
        labels: Labels::ImageNet,
        preprocess: Preprocess {
            framing: Framing::Squash(0.875),
            mean: [0.5; 3],
            std: [0.5; 3],
            ..Preprocess::IMAGENET
        },
        build: |model, input| mobilenet_v1::build(model.name, input, model.classes),
    },
    Model {
        name: "mobilenet_v2",
        paper: "Sandler 2018, arXiv:1801.04381",
        input: IMAGENET_INPUT,
        classes: 1000,
        labels: Labels::ImageNet,
        preprocess: Preprocess::IMAGENET,
        build: |model, input| mobilenet_v2::build(model.name, input, model.classes),
    },
    Model {
        name: "nasnet_large",
        paper: "Zoph 2017, arXiv:1707.07012",
        input: Shape::new(3, 331, 331),
        classes: 1000,
        labels: Labels::ImageNet,
        preprocess: Preprocess {
            framing: Framing::ShorterSide(363),
            interpolation: Interpolation::Bicubic,
            crop: [331, 331],
            mean: [0.5; 3],
            std: [0.5; 3],
            ..Preprocess::IMAGENET
        },
        build: |model, input| nasnet::build(model.name, &nasnet::LARGE, input, model.classes),
    },
    Model {
        name: "nasnet_mobile",
        paper: "Zoph 2017, arXiv:1707.07012",
        input: IMAGENET_INPUT,
        classes: 1000,
        labels: Labels::ImageNet,
        preprocess: Preprocess {
            framing: Framing::Squash(0.875),
            mean: [0.5; 3],
            std: [0.5; 3],
            ..Preprocess::IMAGENET
        },
        build: |model, input| nasnet::build(model.name, &nasnet::MOBILE, input, model.classes),
    },
    Model {
        name: "resnet18",
        paper: "He 2015, arXiv:1512.03385",
        input: IMAGENET_INPUT,
        classes: 1000,
        labels: Labels::ImageNet,
        preprocess: Preprocess::IMAGENET,
        build: |model, input| resnet::build(model.name, &resnet::RESNET18, input, model.classes),
    },
    Model {
        name: "resnet50",
        paper: "He 2015, arXiv:1512.03385",
        input: IMAGENET_INPUT,
        classes: 1000,
        labels: Labels::ImageNet,
        preprocess: Preprocess::IMAGENET,
        build: |model, input| resnet::build(model.name, &resnet::RESNET50, input, model.classes),
    },
    Model {
        name: "unet",
        paper: "Ronneberger 2015, arXiv:1505.04597",
        input: MASK_INPUT,
        classes: 2,
        labels: Labels::Mask,
        preprocess: MASK_PREPROCESS,
        build: |model, input| unet::build(model.name, UpSampling::Transposed, input, model.classes),
    },
    Model {
        name: "unet_bilinear",
        paper: "Ronneberger 2015, arXiv:1505.04597",
        input: MASK_INPUT,
        classes: 2,
        labels: Labels::Mask,
        preprocess: MASK_PREPROCESS,
        build: |model, input| unet::build(model.name, UpSampling::Bilinear, input, model.classes),
    },
];

/// All networks, in the order of their names.
pub fn models() -> &'static [Model] {
    &MODELS
}

/// The network called `name`.
///
/// # Errors
/// [`ErrorKind::UnknownModel`], suggesting the nearest name.
pub fn find(name: &str) -> Result<&'static Model> {
    if let Some(model) = MODELS.iter().find(|model| model.name == name) {
        return Ok(model);
    }
    let nearest = MODELS
        .iter()
        .max_by(|a, b| {
            let similarity = |model: &Model| strsim::jaro_winkler(model.name, name);
            similarity(a).total_cmp(&similarity(b))
        })
        .map_or("", |model| model.name);
    Err(Error::new(
        ErrorKind::UnknownModel,
        format!(
            "no model is called {name:?}; did you mean {nearest}? `menagerie models` lists all"
        ),
    ))
}
