//! ResNet: He, Zhang, Ren, Sun 2015, "Deep residual learning for image recognition"
//! (arXiv:1512.03385), and two networks that differ in their bottlenecks only: Wide ResNet, Zagoruyko,
//! Komodakis 2016 (arXiv:1605.07146), and ResNeXt, Xie et al. 2016, "Aggregated residual transformations for
//! deep neural networks" (arXiv:1611.05431). Names and the stride on the 3x3 convolution of a bottleneck
//! follow torchvision's `models/resnet.py`.

use crate::error::Result;
use crate::graph::{Conv, Graph, Scope, ValueId, Window, image_network};
use crate::tensor::Shape;

/// Added to each variance.
const EPSILON: f64 = 1e-5;
/// Channels inside the blocks of each stage.
const WIDTHS: [usize; 4] = [64, 128, 256, 512];

/// What a stage is made of.
#[derive(Clone, Copy)]
pub enum Block {
    /// Two 3x3 convolutions.
    Basic,
    /// 1x1 down, 3x3, 1x1 up to four times the stage's width.
    Bottleneck {
        /// Groups of the 3x3 convolution.
        groups: usize,
        /// Channels of a group in the first stage.
        group_width: usize,
    },
}

/// The depths of the paper's table 1.
pub struct Config {
    /// The kind of block.
    pub block: Block,
    /// Number of blocks in each stage.
    pub blocks: [usize; 4],
}

impl Config {
    /// The name of the family, which depends on the bottlenecks.
    pub fn family(&self) -> &'static str {
        match self.block {
            Block::Bottleneck {
                groups: 1,
                group_width,
            } if group_width > WIDTHS[0] => "Wide ResNet",
            Block::Bottleneck { groups: 2.., .. } => "ResNeXt",
            _ => "ResNet",
        }
    }
}

/// 18 layers.
pub const RESNET18: Config = Config {
    block: Block::Basic,
    blocks: [2, 2, 2, 2],
};

/// 34 layers.
pub const RESNET34: Config = Config {
    block: Block::Basic,
    blocks: [3, 4, 6, 3],
};

/// The bottlenecks of the first paper.
const PLAIN: Block = bottleneck(1, 64);

const fn bottleneck(groups: usize, group_width: usize) -> Block {
    Block::Bottleneck {
        groups,
        group_width,
    }
}

const fn of_50_layers(block: Block) -> Config {
    Config {
        block,
        blocks: [3, 4, 6, 3],
    }
}

const fn of_101_layers(block: Block) -> Config {
    Config {
        block,
        blocks: [3, 4, 23, 3],
    }
}

/// 50 layers.
pub const RESNET50: Config = of_50_layers(PLAIN);

/// 101 layers.
pub const RESNET101: Config = of_101_layers(PLAIN);

/// 152 layers.
pub const RESNET152: Config = Config {
    block: PLAIN,
    blocks: [3, 8, 36, 3],
};

/// 50 layers, 32 groups of 4 channels.
pub const RESNEXT50_32X4D: Config = of_50_layers(bottleneck(32, 4));

/// 101 layers, 32 groups of 8 channels.
pub const RESNEXT101_32X8D: Config = of_101_layers(bottleneck(32, 8));

/// 101 layers, 64 groups of 4 channels.
pub const RESNEXT101_64X4D: Config = of_101_layers(bottleneck(64, 4));

/// 50 layers, twice the width.
pub const WIDE_RESNET50_2: Config = of_50_layers(bottleneck(1, 128));

/// 101 layers, twice the width.
pub const WIDE_RESNET101_2: Config = of_101_layers(bottleneck(1, 128));

/// The layers before the first stage.
#[derive(Clone, Copy, PartialEq)]
pub enum Stem {
    /// A 7x7 convolution of stride 2, and pooling.
    ImageNet,
    /// A 3x3 convolution, for images of 32x32 as those of CIFAR.
    Cifar,
}

/// The network of `config` for images of `input`.
pub fn build(
    name: &str,
    config: &Config,
    stem: Stem,
    input: Shape,
    classes: usize,
) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let x = features(net, config, stem, x, &STRIDES)?;
        let x = net.global_average_pool("avgpool", x)?;
        net.linear("fc", x, classes)
    })
}

/// How a stage leaves out pixels.
#[derive(Clone, Copy)]
pub enum Reduction {
    /// The first block has this stride.
    Stride(usize),
    /// No block has a stride. Instead, 3x3 convolutions are dilated: that of the first block by the first number, those of
    /// the others by the second one.
    Dilation([usize; 2]),
}

/// The stages of a classifier.
const STRIDES: [Reduction; 4] = [
    Reduction::Stride(1),
    Reduction::Stride(2),
    Reduction::Stride(2),
    Reduction::Stride(2),
];

/// The stages of a segmentation network, whose features have an eighth of the image's height and width.
pub const DILATED: [Reduction; 4] = [
    Reduction::Stride(1),
    Reduction::Stride(2),
    Reduction::Dilation([1, 2]),
    Reduction::Dilation([2, 4]),
];

/// Adds all layers before pooling.
pub fn features(
    net: &Scope<'_>,
    config: &Config,
    stem: Stem,
    x: ValueId,
    stages: &[Reduction; 4],
) -> Result<ValueId> {
    let conv = match stem {
        Stem::ImageNet => Conv::new(64, 7).stride(2).padding(3),
        Stem::Cifar => Conv::new(64, 3).padding(1),
    };
    let x = net.conv("conv1", x, conv)?;
    let x = net.batch_norm("bn1", x, EPSILON)?;
    let mut x = net.relu("relu", x)?;
    if stem == Stem::ImageNet {
        x = net.max_pool("maxpool", x, Window::square(3, 2).padded(1))?;
    }
    for (stage, (&width, &blocks)) in WIDTHS.iter().zip(&config.blocks).enumerate() {
        let layer = net.at(format!("layer{}", stage + 1));
        for index in 0..blocks {
            let (stride, dilation) = match stages[stage] {
                Reduction::Stride(stride) if index == 0 => (stride, 1),
                Reduction::Stride(_) => (1, 1),
                Reduction::Dilation([first, others]) => {
                    (1, if index == 0 { first } else { others })
                }
            };
            let filter = |channels| Conv::new(channels, 3).dilation(dilation).padding(dilation);
            let filter = |channels| filter(channels).stride(stride);
            x = residual(&layer.at(index), x, config.block, width, stride, filter)?;
        }
    }
    Ok(x)
}

/// Adds a block. `filter` is its 3x3 convolution with the block's stride, for a number of channels.
fn residual(
    net: &Scope<'_>,
    x: ValueId,
    block: Block,
    width: usize,
    stride: usize,
    filter: impl Fn(usize) -> Conv,
) -> Result<ValueId> {
    let branch = match block {
        Block::Basic => {
            let y = conv_norm(net, 1, x, filter(width))?;
            let y = net.relu("relu1", y)?;
            conv_norm(net, 2, y, Conv::new(width, 3).padding(1))?
        }
        Block::Bottleneck {
            groups,
            group_width,
        } => {
            let inner = groups * group_width * width / WIDTHS[0];
            let y = conv_norm(net, 1, x, Conv::new(inner, 1))?;
            let y = net.relu("relu1", y)?;
            let y = conv_norm(net, 2, y, filter(inner).groups(groups))?;
            let y = net.relu("relu2", y)?;
            conv_norm(net, 3, y, Conv::new(4 * width, 1))?
        }
    };
    let out_channels = net.shape(branch)?.channels;
    let shortcut = if stride == 1 && net.shape(x)?.channels == out_channels {
        x
    } else {
        let downsample = net.at("downsample");
        let y = downsample.conv("0", x, Conv::new(out_channels, 1).stride(stride))?;
        downsample.batch_norm("1", y, EPSILON)?
    };
    let sum = net.add("add", branch, shortcut)?;
    net.relu("relu", sum)
}

fn conv_norm(net: &Scope<'_>, index: usize, x: ValueId, conv: Conv) -> Result<ValueId> {
    let x = net.conv(&format!("conv{index}"), x, conv)?;
    net.batch_norm(&format!("bn{index}"), x, EPSILON)
}
