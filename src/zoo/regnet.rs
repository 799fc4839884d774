//! RegNet: Radosavovic et al. 2020, "Designing network design spaces" (arXiv:2003.13678). The X networks are residual
//! bottlenecks of grouped convolutions, the Y networks have squeeze and excitation besides. Names are torchvision's
//! `models/regnet.py`.

use super::torchvision::{SqueezeExcitation, conv_norm, conv_norm_act, divisible};
use crate::error::Result;
use crate::graph::Activation::{Relu, Sigmoid};
use crate::graph::{Conv, Graph, Scope, ValueId, image_network};
use crate::tensor::Shape;

/// Added to each variance.
const EPSILON: f64 = 1e-5;
/// Channels of the first convolution.
const STEM: usize = 32;
/// Widths are multiples of this.
const QUANTUM: f64 = 8.0;
/// A gate is computed from this share of the channels that a block reads.
const SQUEEZE: usize = 4;

/// The paper's parameters, which widths and depths of all stages follow from.
pub struct Config {
    /// Number of blocks.
    depth: usize,
    /// Width of the first block, `w_0`.
    first: f64,
    /// How much wider each block is before quantisation, `w_a`.
    slope: f64,
    /// The ratio of the widths of two stages, `w_m`.
    ratio: f64,
    /// Channels of a group.
    group: usize,
    /// Whether blocks have squeeze and excitation.
    gated: bool,
}

/// A network with squeeze and excitation.
pub const fn y(depth: usize, first: f64, slope: f64, ratio: f64, group: usize) -> Config {
    Config {
        gated: true,
        ..x(depth, first, slope, ratio, group)
    }
}

/// A network without.
pub const fn x(depth: usize, first: f64, slope: f64, ratio: f64, group: usize) -> Config {
    Config {
        depth,
        first,
        slope,
        ratio,
        group,
        gated: false,
    }
}

/// A run of blocks of one width.
struct Stage {
    width: usize,
    count: usize,
    group: usize,
}

impl Config {
    /// The paper's quantised linear widths: the width grows by the slope with each block, and is moved to the nearest
    /// power of the ratio. Blocks of one width are a stage, whose width is then made a multiple of the groups'.
    fn stages(&self) -> Vec<Stage> {
        let widths = (0..self.depth).map(|block| {
            let linear = self.first + self.slope * block as f64;
            let power = (linear / self.first).log(self.ratio).round_ties_even();
            let width = self.first * self.ratio.powf(power);
            (width / QUANTUM).round_ties_even() * QUANTUM
        });
        let widths: Vec<f64> = widths.collect();
        let stages = widths.chunk_by(|a, b| a == b).map(|blocks| {
            let group = self.group.min(blocks[0] as usize);
            Stage {
                width: divisible(blocks[0], group),
                count: blocks.len(),
                group,
            }
        });
        stages.collect()
    }
}

/// The network of `config` for images of `input`.
pub fn build(name: &str, config: &Config, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let stem = Conv::new(STEM, 3).stride(2).padding(1);
        let mut x = conv_norm_act(&net.at("stem"), x, stem, EPSILON, Relu)?;
        let trunk = net.at("trunk_output");
        for (number, stage) in (1..).zip(config.stages()) {
            let scope = trunk.at(format!("block{number}"));
            for block in 0..stage.count {
                let stride = if block == 0 { 2 } else { 1 };
                let scope = scope.at(format!("block{number}-{block}"));
                x = residual(&scope, x, &stage, stride, config.gated)?;
            }
        }
        let x = net.global_average_pool("avgpool", x)?;
        net.linear("fc", x, classes)
    })
}

fn residual(
    net: &Scope<'_>,
    x: ValueId,
    stage: &Stage,
    stride: usize,
    gated: bool,
) -> Result<ValueId> {
    let &Stage { width, group, .. } = stage;
    let channels = net.shape(x)?.channels;
    let shortcut = match stride == 1 && channels == width {
        true => x,
        false => {
            let proj = Conv::new(width, 1).stride(stride);
            conv_norm(&net.at("proj"), x, proj, EPSILON)?
        }
    };
    let branch = net.at("f");
    let y = conv_norm_act(&branch.at("a"), x, Conv::new(width, 1), EPSILON, Relu)?;
    let grouped = Conv::new(width, 3)
        .stride(stride)
        .padding(1)
        .groups(width / group);
    let mut y = conv_norm_act(&branch.at("b"), y, grouped, EPSILON, Relu)?;
    if gated {
        let gate = SqueezeExcitation {
            squeezed: channels / SQUEEZE,
            activation: Relu,
            gate: Sigmoid,
        };
        y = gate.build(&branch.at("se"), y)?;
    }
    let y = conv_norm(&branch.at("c"), y, Conv::new(width, 1), EPSILON)?;
    let sum = net.add("add", y, shortcut)?;
    net.relu("activation", sum)
}
