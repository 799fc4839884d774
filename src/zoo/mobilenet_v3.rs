//! MobileNet v3: Howard et al. 2019, "Searching for MobileNetV3" (arXiv:1905.02244). Graph and names are
//! torchvision's `models/mobilenetv3.py`.

use super::inverted_residual::InvertedResidual;
use super::torchvision::{SqueezeExcitation, conv_norm_act, divisible};
use crate::error::Result;
use crate::graph::Activation::{self, HardSigmoid, HardSwish, Relu};
use crate::graph::{Conv, Graph, Scope, ValueId, image_network};
use crate::tensor::Shape;

/// Added to each variance.
const EPSILON: f64 = 1e-3;
/// Channels of the first convolution.
const STEM: usize = 16;
/// The last convolution has this many times the channels of the last block.
const HEAD: usize = 6;

/// A row of the paper's tables 1 and 2.
struct Block {
    kernel: usize,
    expanded: usize,
    out_channels: usize,
    gated: bool,
    activation: Activation,
    stride: usize,
}

const fn block(
    kernel: usize,
    expanded: usize,
    out_channels: usize,
    gated: bool,
    activation: Activation,
    stride: usize,
) -> Block {
    Block {
        kernel,
        expanded,
        out_channels,
        gated,
        activation,
        stride,
    }
}

/// One of the two networks.
pub struct Config {
    blocks: &'static [Block],
    /// Length of the classifier's hidden layer.
    hidden: usize,
}

/// The paper's table 1.
pub const LARGE: Config = Config {
    blocks: &[
        block(3, 16, 16, false, Relu, 1),
        block(3, 64, 24, false, Relu, 2),
        block(3, 72, 24, false, Relu, 1),
        block(5, 72, 40, true, Relu, 2),
        block(5, 120, 40, true, Relu, 1),
        block(5, 120, 40, true, Relu, 1),
        block(3, 240, 80, false, HardSwish, 2),
        block(3, 200, 80, false, HardSwish, 1),
        block(3, 184, 80, false, HardSwish, 1),
        block(3, 184, 80, false, HardSwish, 1),
        block(3, 480, 112, true, HardSwish, 1),
        block(3, 672, 112, true, HardSwish, 1),
        block(5, 672, 160, true, HardSwish, 2),
        block(5, 960, 160, true, HardSwish, 1),
        block(5, 960, 160, true, HardSwish, 1),
    ],
    hidden: 1280,
};

/// The paper's table 2.
pub const SMALL: Config = Config {
    blocks: &[
        block(3, 16, 16, true, Relu, 2),
        block(3, 72, 24, false, Relu, 2),
        block(3, 88, 24, false, Relu, 1),
        block(5, 96, 40, true, HardSwish, 2),
        block(5, 240, 40, true, HardSwish, 1),
        block(5, 240, 40, true, HardSwish, 1),
        block(5, 120, 48, true, HardSwish, 1),
        block(5, 144, 48, true, HardSwish, 1),
        block(5, 288, 96, true, HardSwish, 2),
        block(5, 576, 96, true, HardSwish, 1),
        block(5, 576, 96, true, HardSwish, 1),
    ],
    hidden: 1024,
};

/// The network of `config` for images of `input`.
pub fn build(name: &str, config: &Config, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let features = features(&net.at("features"), config, x, Spacing::Strided)?;
        let x = net.global_average_pool("avgpool", features[features.len() - 1])?;
        let classifier = net.at("classifier");
        let x = classifier.linear("0", x, config.hidden)?;
        let x = classifier.activation("1", x, HardSwish)?;
        let x = classifier.dropout("2", x)?;
        classifier.linear("3", x, classes)
    })
}

/// What the last blocks do, from the last one with a stride on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
    /// They have the stride, as in a classifier.
    Strided,
    /// They have no stride, and their filters are dilated by 2 instead, as in a segmentation network.
    Dilated,
}

/// Adds all layers before pooling, and returns the result of each module.
pub fn features(
    net: &Scope<'_>,
    config: &Config,
    x: ValueId,
    spacing: Spacing,
) -> Result<Vec<ValueId>> {
    let stem = Conv::new(STEM, 3).stride(2).padding(1);
    let mut x = conv_norm_act(&net.at(0), x, stem, EPSILON, HardSwish)?;
    let mut results = vec![x];
    let last_strided = config.blocks.iter().rposition(|block| block.stride > 1);
    for (index, block) in config.blocks.iter().enumerate() {
        let is_dilated = spacing == Spacing::Dilated && Some(index) >= last_strided;
        let block = match is_dilated {
            true => block.inverted().dilated(2),
            false => block.inverted(),
        };
        x = block.build(&net.at(index + 1).at("block"), x)?;
        results.push(x);
    }
    let head = Conv::new(HEAD * net.shape(x)?.channels, 1);
    let last = net.at(config.blocks.len() + 1);
    results.push(conv_norm_act(&last, x, head, EPSILON, HardSwish)?);
    Ok(results)
}

impl Block {
    fn inverted(&self) -> InvertedResidual {
        InvertedResidual {
            dilation: 1,
            expanded: self.expanded,
            kernel: self.kernel,
            stride: self.stride,
            out_channels: self.out_channels,
            border: Conv::centred,
            activation: self.activation,
            epsilon: EPSILON,
            squeeze_excitation: self.gated.then(|| SqueezeExcitation {
                squeezed: divisible((self.expanded / 4) as f64, 8),
                activation: Relu,
                gate: HardSigmoid,
            }),
        }
    }
}
