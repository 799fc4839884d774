//! ShuffleNet v2: Ma, Zhang, Zheng, Sun 2018, "ShuffleNet V2: practical guidelines for efficient CNN architecture design"
//! (arXiv:1807.11164). Graph and names are torchvision's `models/shufflenetv2.py`.

use super::torchvision::conv_norm_act;
use crate::error::Result;
use crate::graph::Activation::Relu;
use crate::graph::{Conv, Graph, Scope, ValueId, Window, image_network};
use crate::tensor::Shape;

/// Added to each variance.
const EPSILON: f64 = 1e-5;
/// Channels of the first convolution.
const STEM: usize = 24;
/// Number of blocks in each stage.
const BLOCKS: [usize; 3] = [4, 8, 4];
/// The branches of a block, whose channels are mixed behind it.
const BRANCHES: usize = 2;

/// One of the networks.
pub struct Config {
    /// Channels of each stage.
    stages: [usize; 3],
    /// Channels of the last convolution.
    head: usize,
}

/// Half of the width.
pub const X0_5: Config = Config {
    stages: [48, 96, 192],
    head: 1024,
};

/// The paper's table 5.
pub const X1_0: Config = Config {
    stages: [116, 232, 464],
    head: 1024,
};

/// Wider.
pub const X1_5: Config = Config {
    stages: [176, 352, 704],
    head: 1024,
};

/// Twice the width.
pub const X2_0: Config = Config {
    stages: [244, 488, 976],
    head: 2048,
};

/// The network of `config` for images of `input`.
pub fn build(name: &str, config: &Config, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let stem = Conv::new(STEM, 3).stride(2).padding(1);
        let x = conv_norm_act(&net.at("conv1"), x, stem, EPSILON, Relu)?;
        let mut x = net.max_pool("maxpool", x, Window::square(3, 2).padded(1))?;
        for (stage, (&channels, blocks)) in (2..).zip(config.stages.iter().zip(BLOCKS)) {
            let scope = net.at(format!("stage{stage}"));
            x = halve(&scope.at(0), x, channels)?;
            for block in 1..blocks {
                x = keep(&scope.at(block), x)?;
            }
        }
        let head = Conv::new(config.head, 1);
        let x = conv_norm_act(&net.at("conv5"), x, head, EPSILON, Relu)?;
        let x = net.global_average_pool("mean", x)?;
        net.linear("fc", x, classes)
    })
}

/// A block that halves height and width: both branches read all channels.
fn halve(net: &Scope<'_>, x: ValueId, channels: usize) -> Result<ValueId> {
    let share = channels / BRANCHES;
    let first = net.at("branch1");
    let y = depthwise(&first, ["0", "1"], x, 2)?;
    let y = pointwise(&first, ["2", "3", "4"], y, share)?;
    let z = filtered(&net.at("branch2"), x, share, 2)?;
    joined(net, &[y, z])
}

/// A block that keeps height and width: half of the channels stay as they are.
fn keep(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let share = net.shape(x)?.channels / BRANCHES;
    let halves = net.split("chunk", x, &[share; BRANCHES])?;
    let z = filtered(&net.at("branch2"), halves[1], share, 1)?;
    joined(net, &[halves[0], z])
}

/// The second branch of a block.
fn filtered(net: &Scope<'_>, x: ValueId, channels: usize, stride: usize) -> Result<ValueId> {
    let x = pointwise(net, ["0", "1", "2"], x, channels)?;
    let x = depthwise(net, ["3", "4"], x, stride)?;
    pointwise(net, ["5", "6", "7"], x, channels)
}

fn pointwise(
    net: &Scope<'_>,
    [conv, norm, relu]: [&str; 3],
    x: ValueId,
    channels: usize,
) -> Result<ValueId> {
    let x = net.conv(conv, x, Conv::new(channels, 1))?;
    let x = net.batch_norm(norm, x, EPSILON)?;
    net.relu(relu, x)
}

fn depthwise(
    net: &Scope<'_>,
    [conv, norm]: [&str; 2],
    x: ValueId,
    stride: usize,
) -> Result<ValueId> {
    let channels = net.shape(x)?.channels;
    let filter = Conv::new(channels, 3).stride(stride).padding(1);
    let x = net.conv(conv, x, filter.groups(channels))?;
    net.batch_norm(norm, x, EPSILON)
}

/// The channels of both branches in turn.
fn joined(net: &Scope<'_>, branches: &[ValueId; BRANCHES]) -> Result<ValueId> {
    let x = net.concat("concat", branches)?;
    let Shape {
        channels,
        height,
        width,
    } = net.shape(x)?;
    let shuffle = net.at("shuffle");
    let x = shuffle.reshape(
        "branches",
        x,
        &[BRANCHES, channels / BRANCHES, height, width],
    )?;
    let x = shuffle.transpose("transposed", x, &[1, 0, 2, 3])?;
    shuffle.reshape("channels", x, &[channels, height, width])
}
