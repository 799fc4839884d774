//! MobileNet v2: Sandler et al. 2018, "MobileNetV2: inverted residuals and linear bottlenecks"
//! (arXiv:1801.04381). Graph and names are torchvision's `models/mobilenetv2.py`.

use super::inverted_residual::{InvertedResidual, Names, Stage, nested, stage};
use super::torchvision::conv_norm_act;
use crate::error::Result;
use crate::graph::Activation::Relu6;
use crate::graph::{Conv, Graph, image_network};
use crate::tensor::Shape;

/// Added to each variance.
const EPSILON: f64 = 1e-5;
/// Channels of the first and of the last convolution.
const STEM: usize = 32;
const HEAD: usize = 1280;

/// The paper's table 2.
const STAGES: [Stage; 7] = [
    stage(1, 3, 16, 1, 1),
    stage(6, 3, 24, 2, 2),
    stage(6, 3, 32, 3, 2),
    stage(6, 3, 64, 4, 2),
    stage(6, 3, 96, 3, 1),
    stage(6, 3, 160, 3, 2),
    stage(6, 3, 320, 1, 1),
];

/// MobileNet v2 of width 1.0 for images of `input`.
pub fn build(name: &str, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let features = net.at("features");
        let stem = Conv::new(STEM, 3).stride(2).padding(1);
        let mut x = conv_norm_act(&features.at(0), x, stem, EPSILON, Relu6)?;
        let mut index = 1;
        for stage in &STAGES {
            for stride in stage.strides() {
                let scope = features.at(format!("{index}.conv"));
                let channels = net.shape(x)?.channels;
                let block = InvertedResidual::of_stage(stage, stride, channels, Relu6, EPSILON);
                x = block.build_named(&scope, x, &names(stage))?;
                index += 1;
            }
        }
        let head = Conv::new(HEAD, 1);
        let x = conv_norm_act(&features.at(index), x, head, EPSILON, Relu6)?;
        let x = net.global_average_pool("avgpool", x)?;
        let classifier = net.at("classifier");
        let x = classifier.dropout("0", x)?;
        classifier.linear("1", x, classes)
    })
}

/// The projection has no module of its own.
fn names(stage: &Stage) -> Names {
    let expands = stage.expansion != 1;
    let filter = usize::from(expands);
    Names {
        expand: expands.then(|| nested(0)),
        filter: nested(filter),
        squeeze_excitation: String::new(),
        project: [filter + 1, filter + 2].map(|layer| layer.to_string()),
    }
}
