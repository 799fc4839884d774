//! EfficientNet: Tan, Le 2019, "EfficientNet: rethinking model scaling for convolutional neural networks"
//! (arXiv:1905.11946), and EfficientNet v2: Tan, Le 2021, "EfficientNetV2: smaller models and faster training"
//! (arXiv:2104.00298). Graphs and names are torchvision's `models/efficientnet.py`.

use super::inverted_residual::{InvertedResidual, Stage, stage};
use super::torchvision::{SqueezeExcitation, conv_norm, conv_norm_act, divisible};
use crate::error::Result;
use crate::graph::Activation::{Sigmoid, Silu};
use crate::graph::{Conv, Graph, Scope, ValueId, image_network};
use crate::tensor::Shape;

/// A gate is computed from this share of the channels that a block reads.
const SQUEEZE: usize = 4;

/// One of the networks.
pub struct Config {
    /// Channels of the first convolution, at width 1.0.
    stem: usize,
    /// Stages of blocks that expand and filter by one convolution.
    fused: &'static [Stage],
    /// Stages of inverted residuals with squeeze and excitation.
    gated: &'static [Stage],
    /// Channels of the last convolution.
    head: Head,
    /// Multiplies channels.
    width: f64,
    /// Multiplies numbers of blocks.
    depth: f64,
    /// Added to each variance.
    epsilon: f64,
}

enum Head {
    Channels(usize),
    /// Times those of the last block.
    Times(usize),
}

/// The first paper's table 1.
const STAGES: &[Stage] = &[
    stage(1, 3, 16, 1, 1),
    stage(6, 3, 24, 2, 2),
    stage(6, 5, 40, 2, 2),
    stage(6, 3, 80, 3, 2),
    stage(6, 5, 112, 3, 1),
    stage(6, 5, 192, 4, 2),
    stage(6, 3, 320, 1, 1),
];

const fn compound(width: f64, depth: f64, epsilon: f64) -> Config {
    Config {
        stem: 32,
        fused: &[],
        gated: STAGES,
        head: Head::Times(4),
        width,
        depth,
        epsilon,
    }
}

/// The base network.
pub const B0: Config = compound(1.0, 1.0, 1e-5);
/// Scaled once.
pub const B1: Config = compound(1.0, 1.1, 1e-5);
/// Scaled twice.
pub const B2: Config = compound(1.1, 1.2, 1e-5);
/// Scaled three times.
pub const B3: Config = compound(1.2, 1.4, 1e-5);
/// Scaled four times.
pub const B4: Config = compound(1.4, 1.8, 1e-5);
/// Scaled five times.
pub const B5: Config = compound(1.6, 2.2, 1e-3);
/// Scaled six times.
pub const B6: Config = compound(1.8, 2.6, 1e-3);
/// Scaled seven times.
pub const B7: Config = compound(2.0, 3.1, 1e-3);

const fn second(stem: usize, fused: &'static [Stage], gated: &'static [Stage]) -> Config {
    Config {
        stem,
        fused,
        gated,
        head: Head::Channels(1280),
        width: 1.0,
        depth: 1.0,
        epsilon: 1e-3,
    }
}

/// The second paper's table 4.
pub const V2_S: Config = second(
    24,
    &[
        stage(1, 3, 24, 2, 1),
        stage(4, 3, 48, 4, 2),
        stage(4, 3, 64, 4, 2),
    ],
    &[
        stage(4, 3, 128, 6, 2),
        stage(6, 3, 160, 9, 1),
        stage(6, 3, 256, 15, 2),
    ],
);
/// Deeper and wider.
pub const V2_M: Config = second(
    24,
    &[
        stage(1, 3, 24, 3, 1),
        stage(4, 3, 48, 5, 2),
        stage(4, 3, 80, 5, 2),
    ],
    &[
        stage(4, 3, 160, 7, 2),
        stage(6, 3, 176, 14, 1),
        stage(6, 3, 304, 18, 2),
        stage(6, 3, 512, 5, 1),
    ],
);
/// Deeper and wider still.
pub const V2_L: Config = second(
    32,
    &[
        stage(1, 3, 32, 4, 1),
        stage(4, 3, 64, 7, 2),
        stage(4, 3, 96, 7, 2),
    ],
    &[
        stage(4, 3, 192, 10, 2),
        stage(6, 3, 224, 19, 1),
        stage(6, 3, 384, 25, 2),
        stage(6, 3, 640, 7, 1),
    ],
);

impl Config {
    /// The name of the family: that of the paper.
    pub fn family(&self) -> &'static str {
        match self.fused {
            [] => "EfficientNet",
            _ => "EfficientNet v2",
        }
    }

    fn channels(&self, at_width_one: usize) -> usize {
        divisible(at_width_one as f64 * self.width, 8)
    }

    /// `stage` as wide and as deep as the network is.
    fn scaled(&self, stage: &Stage) -> Stage {
        Stage {
            out_channels: self.channels(stage.out_channels),
            count: (stage.count as f64 * self.depth).ceil() as usize,
            ..*stage
        }
    }
}

/// The network of `config` for images of `input`.
pub fn build(name: &str, config: &Config, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let epsilon = config.epsilon;
        let features = net.at("features");
        let stem = Conv::new(config.channels(config.stem), 3)
            .stride(2)
            .padding(1);
        let mut x = conv_norm_act(&features.at(0), x, stem, epsilon, Silu)?;
        let fused = config.fused.iter().map(|stage| (stage, true));
        let gated = config.gated.iter().map(|stage| (stage, false));
        let mut index = 1;
        for (stage, is_fused) in fused.chain(gated) {
            let stage = config.scaled(stage);
            for (block, stride) in stage.strides().enumerate() {
                let scope = features.at(format!("{index}.{block}.block"));
                x = match is_fused {
                    true => fused_block(&scope, x, &stage, stride, epsilon)?,
                    false => gated_block(&scope, x, &stage, stride, epsilon)?,
                };
            }
            index += 1;
        }
        let head = match config.head {
            Head::Channels(channels) => channels,
            Head::Times(times) => times * net.shape(x)?.channels,
        };
        let x = conv_norm_act(&features.at(index), x, Conv::new(head, 1), epsilon, Silu)?;
        let x = net.global_average_pool("avgpool", x)?;
        let classifier = net.at("classifier");
        let x = classifier.dropout("0", x)?;
        classifier.linear("1", x, classes)
    })
}

/// An inverted residual with a gate: the papers' MBConv.
fn gated_block(
    net: &Scope<'_>,
    x: ValueId,
    stage: &Stage,
    stride: usize,
    epsilon: f64,
) -> Result<ValueId> {
    let channels = net.shape(x)?.channels;
    let block = InvertedResidual {
        squeeze_excitation: Some(SqueezeExcitation {
            squeezed: channels / SQUEEZE,
            activation: Silu,
            gate: Sigmoid,
        }),
        ..InvertedResidual::of_stage(stage, stride, channels, Silu, epsilon)
    };
    block.build(net, x)
}

/// A whole convolution in place of expanding and filtering, and all there is where nothing is expanded: the second
/// paper's Fused-MBConv.
fn fused_block(
    net: &Scope<'_>,
    x: ValueId,
    stage: &Stage,
    stride: usize,
    epsilon: f64,
) -> Result<ValueId> {
    let channels = net.shape(x)?.channels;
    let expands = stage.expansion != 1;
    let out_channels = match expands {
        true => channels * stage.expansion,
        false => stage.out_channels,
    };
    let conv = Conv::new(out_channels, stage.kernel)
        .stride(stride)
        .centred();
    let mut y = conv_norm_act(&net.at(0), x, conv, epsilon, Silu)?;
    if expands {
        y = conv_norm(&net.at(1), y, Conv::new(stage.out_channels, 1), epsilon)?;
    }
    if stride == 1 && channels == stage.out_channels {
        y = net.add("add", x, y)?;
    }
    Ok(y)
}
