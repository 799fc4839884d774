//! MobileNet v2: Sandler et al. 2018, "MobileNetV2: inverted residuals and linear bottlenecks"
//! (arXiv:1801.04381). Graph and names are torchvision's `models/mobilenetv2.py`.

use crate::error::Result;
use crate::graph::{Conv, Dialect, Graph, Scope, ValueId, image_network};
use crate::tensor::Shape;

/// Added to each variance.
const EPSILON: f64 = 1e-5;
/// Channels of the first and of the last convolution.
const STEM: usize = 32;
const HEAD: usize = 1280;

/// A run of inverted residuals: a row of the paper's table 2.
struct Stage {
    expansion: usize,
    out_channels: usize,
    count: usize,
    stride: usize,
}

const fn stage(expansion: usize, out_channels: usize, count: usize, stride: usize) -> Stage {
    Stage {
        expansion,
        out_channels,
        count,
        stride,
    }
}

const STAGES: [Stage; 7] = [
    stage(1, 16, 1, 1),
    stage(6, 24, 2, 2),
    stage(6, 32, 3, 2),
    stage(6, 64, 4, 2),
    stage(6, 96, 3, 1),
    stage(6, 160, 3, 2),
    stage(6, 320, 1, 1),
];

/// MobileNet v2 of width 1.0 for images of `input`.
pub fn build(name: &str, input: Shape, classes: usize) -> Result<Graph> {
    let mut graph = image_network(name, input, |net, x| {
        let features = net.at("features");
        let stem = Conv::new(STEM, 3).stride(2).padding(1);
        let mut x = conv_norm_relu6(&features.at(0), x, stem)?;
        let mut index = 1;
        for stage in &STAGES {
            for block in 0..stage.count {
                let stride = if block == 0 { stage.stride } else { 1 };
                let scope = features.at(index);
                x = inverted_residual(&scope, x, stage.expansion, stage.out_channels, stride)?;
                index += 1;
            }
        }
        let x = conv_norm_relu6(&features.at(index), x, Conv::new(HEAD, 1))?;
        let x = net.global_average_pool("avgpool", x)?;
        let classifier = net.at("classifier");
        let x = classifier.dropout("0", x)?;
        classifier.linear("1", x, classes)
    })?;
    graph.add_dialect(timm());
    Ok(graph)
}

/// Expand by 1x1, filter each channel by 3x3, project by 1x1 without an activation.
fn inverted_residual(
    net: &Scope<'_>,
    x: ValueId,
    expansion: usize,
    out_channels: usize,
    stride: usize,
) -> Result<ValueId> {
    let in_channels = net.shape(x)?.channels;
    let hidden = in_channels * expansion;
    let conv = net.at("conv");
    let mut y = x;
    let mut index = 0;
    if expansion != 1 {
        y = conv_norm_relu6(&conv.at(index), y, Conv::new(hidden, 1))?;
        index += 1;
    }
    let depthwise = Conv::new(hidden, 3).stride(stride).padding(1);
    y = conv_norm_relu6(&conv.at(index), y, depthwise.groups(hidden))?;
    y = conv.conv(&format!("{}", index + 1), y, Conv::new(out_channels, 1))?;
    y = conv.batch_norm(&format!("{}", index + 2), y, EPSILON)?;
    if stride == 1 && in_channels == out_channels {
        y = net.add("add", x, y)?;
    }
    Ok(y)
}

fn conv_norm_relu6(net: &Scope<'_>, x: ValueId, conv: Conv) -> Result<ValueId> {
    let x = net.conv("0", x, conv)?;
    let x = net.batch_norm("1", x, EPSILON)?;
    net.relu6("2", x)
}

/// Layers of an inverted residual here and in timm.
const EXPANDING: &[(&str, &str)] = &[
    ("0.0", "conv_pw"),
    ("0.1", "bn1"),
    ("1.0", "conv_dw"),
    ("1.1", "bn2"),
    ("2", "conv_pwl"),
    ("3", "bn3"),
];
/// The same where nothing is expanded.
const NOT_EXPANDING: &[(&str, &str)] = &[
    ("0.0", "conv_dw"),
    ("0.1", "bn1"),
    ("1", "conv_pw"),
    ("2", "bn2"),
];

/// timm's `mobilenetv2_100` (`models/efficientnet.py`), which counts blocks stage by stage.
fn timm() -> Dialect {
    let mut dialect = Dialect::default();
    dialect.rename("features.0.0", "conv_stem");
    dialect.rename("features.0.1", "bn1");
    let mut index = 1;
    for (number, stage) in STAGES.iter().enumerate() {
        let layers = match stage.expansion {
            1 => NOT_EXPANDING,
            _ => EXPANDING,
        };
        for block in 0..stage.count {
            for (ours, theirs) in layers {
                dialect.rename(
                    format!("features.{index}.conv.{ours}"),
                    format!("blocks.{number}.{block}.{theirs}"),
                );
            }
            index += 1;
        }
    }
    dialect.rename(format!("features.{index}.0"), "conv_head");
    dialect.rename(format!("features.{index}.1"), "bn2");
    dialect.rename("classifier.1", "classifier");
    dialect
}
