//! DeepLab v3: Chen et al. 2017, "Rethinking atrous convolution for semantic image segmentation" (arXiv:1706.05587).
//! Graph and names are torchvision's `models/segmentation/deeplabv3.py`.

use super::fcn::TRAINING_HEAD;
use super::mobilenet_v3::{self, Spacing};
use super::resnet::{self, DILATED, Stem};
use super::torchvision::{conv_norm_act, resized_like};
use crate::error::Result;
use crate::graph::Activation::Relu;
use crate::graph::{Conv, Graph, Scope, ValueId, image_network};
use crate::tensor::Shape;

/// Added to each variance of the head.
const EPSILON: f64 = 1e-5;
/// Channels of each branch of the pyramid, and behind it.
const CHANNELS: usize = 256;
/// Dilations of the pyramid's 3x3 convolutions.
const DILATIONS: [usize; 3] = [12, 24, 36];

/// The network that the features are computed by.
pub enum Backbone {
    ResNet(resnet::Config),
    MobileNetV3(mobilenet_v3::Config),
}

/// The network on `backbone` for images of `input`: a score for each pixel and class.
pub fn build(name: &str, backbone: &Backbone, input: Shape, classes: usize) -> Result<Graph> {
    let mut graph = image_network(name, input, |net, image| {
        let scope = net.at("backbone");
        let x = match backbone {
            Backbone::ResNet(config) => {
                resnet::features(&scope, config, Stem::ImageNet, image, &DILATED)?
            }
            Backbone::MobileNetV3(config) => {
                let modules = mobilenet_v3::features(&scope, config, image, Spacing::Dilated)?;
                modules[modules.len() - 1]
            }
        };
        let classifier = net.at("classifier");
        let x = pyramid(&classifier.at(0), x)?;
        let x = classifier.conv("1", x, Conv::new(CHANNELS, 3).padding(1))?;
        let x = classifier.batch_norm("2", x, EPSILON)?;
        let x = classifier.relu("3", x)?;
        let x = classifier.conv("4", x, Conv::new(classes, 1).bias())?;
        resized_like(net, x, image)
    })?;
    graph.add_training_branch(TRAINING_HEAD);
    Ok(graph)
}

/// Atrous spatial pyramid pooling: convolutions of several dilations side by side, and the mean of the whole image.
fn pyramid(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let branch = |index: usize| net.at(format!("convs.{index}"));
    let pointwise = Conv::new(CHANNELS, 1);
    let mut branches = vec![conv_norm_act(&branch(0), x, pointwise, EPSILON, Relu)?];
    for (index, dilation) in (1..).zip(DILATIONS) {
        let conv = Conv::new(CHANNELS, 3).dilation(dilation).centred();
        branches.push(conv_norm_act(&branch(index), x, conv, EPSILON, Relu)?);
    }
    let pooling = branch(branches.len());
    let mean = pooling.adaptive_average_pool("0", x, 1)?;
    let mean = pooling.conv("1", mean, pointwise)?;
    let mean = pooling.batch_norm("2", mean, EPSILON)?;
    let mean = pooling.relu("3", mean)?;
    branches.push(resized_like(&pooling, mean, x)?);
    let joined = net.concat("concat", &branches)?;
    let project = net.at("project");
    let x = conv_norm_act(&project, joined, pointwise, EPSILON, Relu)?;
    project.dropout("3", x)
}
