//! FCN: Long, Shelhamer, Darrell 2014, "Fully convolutional networks for semantic segmentation" (arXiv:1411.4038), with a
//! ResNet. Graph and names are torchvision's `models/segmentation/fcn.py`.

use super::resnet::{self, DILATED, Stem};
use super::torchvision::{conv_norm_act, resized_like};
use crate::error::Result;
use crate::graph::Activation::Relu;
use crate::graph::{Conv, Graph, Scope, ValueId, image_network};
use crate::tensor::Shape;

/// Added to each variance of the head.
const EPSILON: f64 = 1e-5;
/// The classifier's hidden layer has this share of the channels that it reads.
const SHARE: usize = 4;

/// The head that only training uses. Weights files have it.
pub const TRAINING_HEAD: &str = "aux_classifier";

/// The network on the ResNet of `backbone` for images of `input`: a score for each pixel and class.
pub fn build(name: &str, backbone: &resnet::Config, input: Shape, classes: usize) -> Result<Graph> {
    let mut graph = image_network(name, input, |net, image| {
        let x = resnet::features(
            &net.at("backbone"),
            backbone,
            Stem::ImageNet,
            image,
            &DILATED,
        )?;
        let x = head(&net.at("classifier"), x, classes)?;
        resized_like(net, x, image)
    })?;
    graph.add_training_branch(TRAINING_HEAD);
    Ok(graph)
}

fn head(net: &Scope<'_>, x: ValueId, classes: usize) -> Result<ValueId> {
    let hidden = net.shape(x)?.channels / SHARE;
    let x = conv_norm_act(net, x, Conv::new(hidden, 3).padding(1), EPSILON, Relu)?;
    let x = net.dropout("3", x)?;
    net.conv("4", x, Conv::new(classes, 1).bias())
}
