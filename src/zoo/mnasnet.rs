//! MNASNet: Tan et al. 2018, "MnasNet: platform-aware neural architecture search for mobile"
//! (arXiv:1807.11626). Graph (the variant B1, without squeeze and excitation) and names are torchvision's
//! `models/mnasnet.py`.

use super::inverted_residual::{InvertedResidual, Names, Stage, stage};
use super::torchvision::divisible;
use crate::error::Result;
use crate::graph::Activation::Relu;
use crate::graph::{Conv, Graph, Scope, ValueId, image_network};
use crate::tensor::Shape;

/// Added to each variance.
const EPSILON: f64 = 1e-5;
/// Channels of the first convolution and behind the separable one, at width 1.0.
const STEM: usize = 32;
const SEPARABLE: usize = 16;
/// Channels of the last convolution, at any width.
const HEAD: usize = 1280;

/// At width 1.0.
const STAGES: [Stage; 6] = [
    stage(3, 3, 24, 3, 2),
    stage(3, 5, 40, 3, 2),
    stage(6, 5, 80, 3, 2),
    stage(6, 3, 96, 2, 1),
    stage(6, 5, 192, 4, 2),
    stage(6, 3, 320, 1, 1),
];

/// MNASNet of `width`, which multiplies the paper's channels, for images of `input`.
pub fn build(name: &str, width: f64, input: Shape, classes: usize) -> Result<Graph> {
    let scaled = |channels: usize| divisible(channels as f64 * width, 8);
    image_network(name, input, |net, x| {
        let layers = net.at("layers");
        let stem = scaled(STEM);
        let x = conv_norm_relu(&layers, 0, x, Conv::new(stem, 3).stride(2).padding(1))?;
        let depthwise = Conv::new(stem, 3).padding(1).groups(stem);
        let x = conv_norm_relu(&layers, 3, x, depthwise)?;
        let x = layers.conv("6", x, Conv::new(scaled(SEPARABLE), 1))?;
        let mut x = layers.batch_norm("7", x, EPSILON)?;
        let mut index = 8;
        for stage in &STAGES {
            let scope = layers.at(index);
            for (block, stride) in stage.strides().enumerate() {
                let channels = net.shape(x)?.channels;
                let inverted = InvertedResidual {
                    out_channels: scaled(stage.out_channels),
                    ..InvertedResidual::of_stage(stage, stride, channels, Relu, EPSILON)
                };
                x = inverted.build_named(&scope.at(block).at("layers"), x, &names())?;
            }
            index += 1;
        }
        let x = conv_norm_relu(&layers, index, x, Conv::new(HEAD, 1))?;
        let x = net.global_average_pool("avgpool", x)?;
        let classifier = net.at("classifier");
        let x = classifier.dropout("0", x)?;
        classifier.linear("1", x, classes)
    })
}

/// Three layers, of which the first is called `index`.
fn conv_norm_relu(net: &Scope<'_>, index: usize, x: ValueId, conv: Conv) -> Result<ValueId> {
    let [conv_name, norm, relu] = from(index);
    let x = net.conv(&conv_name, x, conv)?;
    let x = net.batch_norm(&norm, x, EPSILON)?;
    net.relu(&relu, x)
}

/// All blocks expand.
fn names() -> Names {
    let [conv, norm, _] = from(6);
    Names {
        expand: Some(from(0)),
        filter: from(3),
        squeeze_excitation: String::new(),
        project: [conv, norm],
    }
}

fn from(index: usize) -> [String; 3] {
    [index, index + 1, index + 2].map(|layer| layer.to_string())
}
