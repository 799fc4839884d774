//! ConvNeXt: Liu et al. 2022, "A ConvNet for the 2020s" (arXiv:2201.03545). Graph and names are torchvision's
//! `models/convnext.py`, where each block has channels last. All tensors here have, so its permutations are left out.

use crate::error::Result;
use crate::graph::Activation::Gelu;
use crate::graph::{Conv, Graph, Scope, ValueId, image_network};
use crate::tensor::Shape;

/// Added to each variance.
const EPSILON: f64 = 1e-6;
/// The hidden layer of a block has this many times its channels.
const EXPANSION: usize = 4;

/// One of the networks.
pub struct Config {
    /// Channels of the first stage. Each next stage has twice as many.
    pub channels: usize,
    /// Number of blocks in each stage.
    pub blocks: [usize; 4],
}

/// The paper's ConvNeXt-T.
pub const TINY: Config = Config {
    channels: 96,
    blocks: [3, 3, 9, 3],
};

/// ConvNeXt-S: as wide, and deeper.
pub const SMALL: Config = Config {
    channels: 96,
    blocks: [3, 3, 27, 3],
};

/// ConvNeXt-B: wider.
pub const BASE: Config = Config {
    channels: 128,
    blocks: [3, 3, 27, 3],
};

/// ConvNeXt-L: wider still.
pub const LARGE: Config = Config {
    channels: 192,
    blocks: [3, 3, 27, 3],
};

/// The network of `config` for images of `input`.
pub fn build(name: &str, config: &Config, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let features = net.at("features");
        let patches = Conv::new(config.channels, 4).stride(4).bias();
        let stem = features.at(0);
        let mut x = stem.conv("0", x, patches)?;
        x = stem.layer_norm("1", x, EPSILON)?;
        for (stage, &blocks) in config.blocks.iter().enumerate() {
            if stage > 0 {
                x = halve(&features.at(2 * stage), x)?;
            }
            let scope = features.at(2 * stage + 1);
            for block in 0..blocks {
                x = residual(&scope.at(block), x)?;
            }
        }
        let x = net.global_average_pool("avgpool", x)?;
        let classifier = net.at("classifier");
        let x = classifier.layer_norm("0", x, EPSILON)?;
        classifier.linear("2", x, classes)
    })
}

/// Halves height and width, and doubles the channels.
fn halve(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let channels = net.shape(x)?.channels;
    let x = net.layer_norm("0", x, EPSILON)?;
    net.conv("1", x, Conv::new(2 * channels, 2).stride(2).bias())
}

fn residual(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let channels = net.shape(x)?.channels;
    let block = net.at("block");
    let depthwise = Conv::new(channels, 7).centred().groups(channels).bias();
    let y = block.conv("0", x, depthwise)?;
    let y = block.layer_norm("2", y, EPSILON)?;
    let y = block.linear_of_pixels("3", y, EXPANSION * channels)?;
    let y = block.activation("4", y, Gelu)?;
    let y = block.linear_of_pixels("5", y, channels)?;
    let scale = net.parameter("layer_scale", &[channels, 1, 1])?;
    let y = net.multiply("scaled", y, scale)?;
    net.add("add", y, x)
}
