//! EfficientNet-Lite0: Tan, Le 2019, "EfficientNet: rethinking model scaling for convolutional neural
//! networks" (arXiv:1905.11946), without squeeze-and-excitation and with ReLU6, as its authors released
//! it for phones. Graph (SAME borders as TensorFlow places them) and names are timm's
//! `tf_efficientnet_lite0`.

use super::inverted_residual::{InvertedResidual, Names, Stage, stage};
use super::timm::{EPSILON, conv_norm_relu6};
use crate::error::Result;
use crate::graph::Activation::Relu6;
use crate::graph::{Conv, Graph, image_network};
use crate::tensor::Shape;

/// Channels of the first and of the last convolution.
const STEM: usize = 32;
const HEAD: usize = 1280;

/// The paper's table 1.
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
            for (block, stride) in stage.strides().enumerate() {
                let channels = net.shape(x)?.channels;
                let inverted = InvertedResidual {
                    border: Conv::same_padding,
                    ..InvertedResidual::of_stage(stage, stride, channels, Relu6, EPSILON)
                };
                x = inverted.build_named(&scope.at(block), x, &names(stage))?;
            }
        }
        let x = conv_norm_relu6(net, "conv_head", "bn2", x, Conv::new(HEAD, 1))?;
        let x = net.global_average_pool("global_pool", x)?;
        net.linear("classifier", x, classes)
    })
}

/// What does not expand has two convolutions, whose names move up.
fn names(stage: &Stage) -> Names {
    let expands = stage.expansion != 1;
    let [filter_norm, project, project_norm] = match expands {
        true => ["bn2", "conv_pwl", "bn3"],
        false => ["bn1", "conv_pw", "bn2"],
    };
    Names {
        expand: expands.then(|| conv_norm_act("conv_pw", "bn1")),
        filter: conv_norm_act("conv_dw", filter_norm),
        squeeze_excitation: String::new(),
        project: [project, project_norm].map(str::to_owned),
    }
}

fn conv_norm_act(conv: &str, norm: &str) -> [String; 3] {
    [conv.to_owned(), norm.to_owned(), format!("{norm}.act")]
}
