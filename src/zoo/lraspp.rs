//! LR-ASPP, the segmentation network of the MobileNet v3 paper: Howard et al. 2019, "Searching for MobileNetV3"
//! (arXiv:1905.02244), section 6.4. Graph and names are torchvision's `models/segmentation/lraspp.py`.

use super::mobilenet_v3::{self, Spacing};
use super::torchvision::{conv_norm_act, resized_like};
use crate::error::Result;
use crate::graph::Activation::{Relu, Sigmoid};
use crate::graph::{Conv, Graph, Scope, ValueId, image_network};
use crate::tensor::Shape;

/// Added to each variance of the head.
const EPSILON: f64 = 1e-5;
/// Channels of the head.
const CHANNELS: usize = 128;
/// The module of MobileNet v3 Large whose result has an eighth of the image's height and width.
const LOW: usize = 4;

/// The network on MobileNet v3 Large for images of `input`: a score for each pixel and class.
pub fn build(name: &str, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, image| {
        let backbone = net.at("backbone");
        let config = &mobilenet_v3::LARGE;
        let modules = mobilenet_v3::features(&backbone, config, image, Spacing::Dilated)?;
        let (low, high) = (modules[LOW], modules[modules.len() - 1]);
        let x = head(&net.at("classifier"), low, high, classes)?;
        resized_like(net, x, image)
    })
}

/// Scores from features of a high level, gated by the mean of the whole image, and from those of a low level.
fn head(net: &Scope<'_>, low: ValueId, high: ValueId, classes: usize) -> Result<ValueId> {
    let pointwise = Conv::new(CHANNELS, 1);
    let x = conv_norm_act(&net.at("cbr"), high, pointwise, EPSILON, Relu)?;
    let scale = net.at("scale");
    let gate = scale.adaptive_average_pool("0", high, 1)?;
    let gate = scale.conv("1", gate, pointwise)?;
    let gate = scale.activation("2", gate, Sigmoid)?;
    let x = net.multiply("gated", x, gate)?;
    let x = resized_like(net, x, low)?;
    let scores = Conv::new(classes, 1).bias();
    let low = net.conv("low_classifier", low, scores)?;
    let high = net.conv("high_classifier", x, scores)?;
    net.add("add", low, high)
}
