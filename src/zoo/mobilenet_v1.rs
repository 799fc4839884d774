//! MobileNet v1: Howard et al. 2017, "MobileNets: efficient convolutional neural networks for mobile
//! vision applications" (arXiv:1704.04861). The graph is Keras's `applications/mobilenet.py` (SAME
//! borders as TensorFlow places them, ReLU6); the names are timm's `mobilenetv1_100`. timm's own
//! checkpoints of it were trained with PyTorch's borders and another epsilon: they load, but do not answer
//! here as in timm.

use super::timm::conv_norm_relu6;
use crate::error::Result;
use crate::graph::{Conv, Graph, Scope, ValueId, image_network};
use crate::tensor::Shape;

/// Channels of the first convolution.
const STEM: usize = 32;
/// Output channels and first stride of each stage, and its number of blocks: the paper's table 1.
const STAGES: [(usize, usize, usize); 5] = [
    (64, 1, 1),
    (128, 2, 2),
    (256, 2, 2),
    (512, 2, 6),
    (1024, 2, 2),
];

/// MobileNet v1 of width 1.0 for images of `input`.
pub fn build(name: &str, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let stem = Conv::new(STEM, 3).stride(2).same_padding();
        let mut x = conv_norm_relu6(net, "conv_stem", "bn1", x, stem)?;
        let blocks = net.at("blocks");
        for (stage, &(out_channels, first_stride, count)) in STAGES.iter().enumerate() {
            let stage = blocks.at(stage);
            for index in 0..count {
                let stride = if index == 0 { first_stride } else { 1 };
                x = separable(&stage.at(index), x, out_channels, stride)?;
            }
        }
        let x = net.global_average_pool("global_pool", x)?;
        net.linear("classifier", x, classes)
    })
}

/// A depthwise 3x3 convolution, then a pointwise one.
fn separable(net: &Scope<'_>, x: ValueId, out_channels: usize, stride: usize) -> Result<ValueId> {
    let in_channels = net.shape(x)?.channels;
    let depthwise = Conv::new(in_channels, 3).stride(stride).same_padding();
    let x = conv_norm_relu6(net, "conv_dw", "bn1", x, depthwise.groups(in_channels))?;
    conv_norm_relu6(net, "conv_pw", "bn2", x, Conv::new(out_channels, 1))
}
