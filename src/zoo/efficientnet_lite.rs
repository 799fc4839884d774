//! EfficientNet-Lite0: Tan, Le 2019, "EfficientNet: rethinking model scaling for convolutional neural
//! networks" (arXiv:1905.11946), without squeeze-and-excitation and with ReLU6, as its authors released
//! it for phones. Graph (SAME borders as TensorFlow places them) and names are timm's
//! `tf_efficientnet_lite0`.

use super::timm::{EPSILON, conv_norm_relu6};
use crate::error::Result;
use crate::graph::{Conv, Graph, Scope, ValueId, image_network};
use crate::tensor::Shape;

/// Channels of the first and of the last convolution.
const STEM: usize = 32;
const HEAD: usize = 1280;

/// A run of blocks: a row of the paper's table 1.
struct Stage {
    expansion: usize,
    kernel: usize,
    out_channels: usize,
    count: usize,
    stride: usize,
}

const fn stage(
    expansion: usize,
    kernel: usize,
    out_channels: usize,
    count: usize,
    stride: usize,
) -> Stage {
    Stage {
        expansion,
        kernel,
        out_channels,
        count,
        stride,
    }
}

const STAGES: [Stage; 7] = [
    stage(1, 3, 16, 1, 1),
    stage(6, 3, 24, 2, 2),
    stage(6, 5, 40, 2, 2),
    stage(6, 3, 80, 3, 2),
    stage(6, 5, 112, 3, 1),
    stage(6, 5, 192, 4, 2),
    stage(6, 3, 320, 1, 1),
];

/// EfficientNet-Lite0 for images of `input`.
pub fn build(name: &str, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let stem = Conv::new(STEM, 3).stride(2).same_padding();
        let mut x = conv_norm_relu6(net, "conv_stem", "bn1", x, stem)?;
        let blocks = net.at("blocks");
        for (index, stage) in STAGES.iter().enumerate() {
            let scope = blocks.at(index);
            for block in 0..stage.count {
                let stride = if block == 0 { stage.stride } else { 1 };
                x = inverted_residual(&scope.at(block), x, stage, stride)?;
            }
        }
        let x = conv_norm_relu6(net, "conv_head", "bn2", x, Conv::new(HEAD, 1))?;
        let x = net.global_average_pool("global_pool", x)?;
        net.linear("classifier", x, classes)
    })
}

/// Expand by 1x1, filter each channel, project by 1x1 without an activation. What does not expand has
/// two convolutions, whose names move up.
fn inverted_residual(net: &Scope<'_>, x: ValueId, stage: &Stage, stride: usize) -> Result<ValueId> {
    let in_channels = net.shape(x)?.channels;
    let hidden = in_channels * stage.expansion;
    let expands = stage.expansion != 1;
    let [filter_norm, project, project_norm] = if expands {
        ["bn2", "conv_pwl", "bn3"]
    } else {
        ["bn1", "conv_pw", "bn2"]
    };
    let mut y = x;
    if expands {
        y = conv_norm_relu6(net, "conv_pw", "bn1", y, Conv::new(hidden, 1))?;
    }
    let depthwise = Conv::new(hidden, stage.kernel)
        .stride(stride)
        .same_padding()
        .groups(hidden);
    y = conv_norm_relu6(net, "conv_dw", filter_norm, y, depthwise)?;
    y = net.conv(project, y, Conv::new(stage.out_channels, 1))?;
    y = net.batch_norm(project_norm, y, EPSILON)?;
    if stride == 1 && in_channels == stage.out_channels {
        y = net.add("add", x, y)?;
    }
    Ok(y)
}
