//! DenseNet: Huang, Liu, van der Maaten, Weinberger 2016, "Densely connected convolutional networks"
//! (arXiv:1608.06993). Names are torchvision's `models/densenet.py`.

use crate::error::Result;
use crate::graph::{Conv, Graph, Scope, ValueId, Window, image_network};
use crate::tensor::Shape;

/// Added to each variance.
const EPSILON: f64 = 1e-5;
/// A layer's 1x1 convolution has this many times the growth rate as channels.
const BOTTLENECK: usize = 4;

/// A column of the paper's table 1.
pub struct Config {
    /// Channels that each layer adds: the paper's growth rate `k`. The first convolution has twice as many.
    growth: usize,
    /// Number of layers in each dense block.
    layers: [usize; 4],
}

const fn of_growth_32(layers: [usize; 4]) -> Config {
    Config { growth: 32, layers }
}

/// 121 layers.
pub const DENSENET121: Config = of_growth_32([6, 12, 24, 16]);
/// 161 layers, which add more channels each.
pub const DENSENET161: Config = Config {
    growth: 48,
    layers: [6, 12, 36, 24],
};
/// 169 layers.
pub const DENSENET169: Config = of_growth_32([6, 12, 32, 32]);
/// 201 layers.
pub const DENSENET201: Config = of_growth_32([6, 12, 48, 32]);

/// The network of `config` for images of `input`.
pub fn build(name: &str, config: &Config, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let features = net.at("features");
        let stem = Conv::new(2 * config.growth, 7).stride(2).padding(3);
        let x = features.conv("conv0", x, stem)?;
        let x = norm_relu(&features, "0", x)?;
        let mut x = features.max_pool("pool0", x, Window::square(3, 2).padded(1))?;
        for (block, &layers) in (1..).zip(&config.layers) {
            if block > 1 {
                x = transition(&features.at(format!("transition{}", block - 1)), x)?;
            }
            let scope = features.at(format!("denseblock{block}"));
            x = dense_block(&scope, x, layers, config.growth)?;
        }
        let x = norm_relu(&features, "5", x)?;
        let x = net.global_average_pool("avgpool", x)?;
        net.linear("classifier", x, classes)
    })
}

/// Layers that each see what all layers before them found. Each concatenation holds the one before, so
/// all of them can be slices of the last.
fn dense_block(net: &Scope<'_>, mut x: ValueId, layers: usize, growth: usize) -> Result<ValueId> {
    for layer in 1..=layers {
        let layer = net.at(format!("denselayer{layer}"));
        let new = norm_relu(&layer, "1", x)?;
        let new = layer.conv("conv1", new, Conv::new(BOTTLENECK * growth, 1))?;
        let new = norm_relu(&layer, "2", new)?;
        let new = layer.conv("conv2", new, Conv::new(growth, 3).padding(1))?;
        x = layer.concat("concat", &[x, new])?;
    }
    Ok(x)
}

/// Half the channels at half the size.
fn transition(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let x = norm_relu(net, "", x)?;
    let x = net.conv("conv", x, Conv::new(net.shape(x)?.channels / 2, 1))?;
    net.average_pool("pool", x, Window::square(2, 2), false)
}

fn norm_relu(net: &Scope<'_>, number: &str, x: ValueId) -> Result<ValueId> {
    let x = net.batch_norm(&format!("norm{number}"), x, EPSILON)?;
    net.relu(&format!("relu{number}"), x)
}
