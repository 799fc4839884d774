//! Xception: Chollet 2016, "Xception: deep learning with depthwise separable convolutions"
//! (arXiv:1610.02357). Graph and names are timm's `legacy_xception`, which is Keras's
//! `applications/xception.py` but for the borders of its poolings.

use crate::error::Result;
use crate::graph::{Conv, Graph, Scope, ValueId, Window, image_network};
use crate::tensor::Shape;

/// Added to each variance.
const EPSILON: f64 = 1e-5;

/// Output channels of a block's separable convolutions, and its stride: a box of the paper's figure 5.
struct Block {
    channels: &'static [usize],
    stride: usize,
}

/// Channels of the eight blocks in the middle.
const MIDDLE: Block = Block {
    channels: &[728, 728, 728],
    stride: 1,
};

const BLOCKS: [Block; 12] = [
    halving(&[128, 128]),
    halving(&[256, 256]),
    halving(&[728, 728]),
    MIDDLE,
    MIDDLE,
    MIDDLE,
    MIDDLE,
    MIDDLE,
    MIDDLE,
    MIDDLE,
    MIDDLE,
    halving(&[728, 1024]),
];

const fn halving(channels: &'static [usize]) -> Block {
    Block {
        channels,
        stride: 2,
    }
}

/// Xception for images of `input`.
pub fn build(name: &str, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let x = net.conv("conv1", x, Conv::new(32, 3).stride(2))?;
        let x = norm_relu(net, 1, x)?;
        let x = net.conv("conv2", x, Conv::new(64, 3))?;
        let mut x = norm_relu(net, 2, x)?;
        for (number, block) in (1..).zip(&BLOCKS) {
            // What comes out of the stem is rectified already.
            x = residual(&net.at(format!("block{number}")), x, block, number > 1)?;
        }
        let x = separable(&net.at("conv3"), x, 1536)?;
        let x = norm_relu(net, 3, x)?;
        let x = separable(&net.at("conv4"), x, 2048)?;
        let x = norm_relu(net, 4, x)?;
        let x = net.global_average_pool("global_pool", x)?;
        net.linear("fc", x, classes)
    })
}

fn residual(net: &Scope<'_>, x: ValueId, block: &Block, starts_with_relu: bool) -> Result<ValueId> {
    let rep = net.at("rep");
    let mut numbers = 0_usize..;
    let mut next = || numbers.next().unwrap_or_default().to_string();
    let mut y = x;
    for (index, &out_channels) in block.channels.iter().enumerate() {
        if index > 0 || starts_with_relu {
            y = rep.relu(&next(), y)?;
        }
        y = separable(&rep.at(next()), y, out_channels)?;
        y = rep.batch_norm(&next(), y, EPSILON)?;
    }
    if block.stride == 1 {
        return net.add("add", y, x);
    }
    y = rep.max_pool(&next(), y, Window::square(3, block.stride).padded(1))?;
    let out_channels = net.shape(y)?.channels;
    let skip = net.conv("skip", x, Conv::new(out_channels, 1).stride(block.stride))?;
    let skip = net.batch_norm("skipbn", skip, EPSILON)?;
    net.add("add", y, skip)
}

/// A 3x3 filter for each channel, then a pointwise convolution, with nothing in between.
fn separable(net: &Scope<'_>, x: ValueId, out_channels: usize) -> Result<ValueId> {
    let in_channels = net.shape(x)?.channels;
    let depthwise = Conv::new(in_channels, 3).padding(1).groups(in_channels);
    let x = net.conv("conv1", x, depthwise)?;
    net.conv("pointwise", x, Conv::new(out_channels, 1))
}

fn norm_relu(net: &Scope<'_>, number: usize, x: ValueId) -> Result<ValueId> {
    let x = net.batch_norm(&format!("bn{number}"), x, EPSILON)?;
    net.relu(&format!("act{number}"), x)
}
