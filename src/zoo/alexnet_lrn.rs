//! AlexNet as it won ImageNet's challenge: Krizhevsky, Sutskever, Hinton 2012, "ImageNet classification
//! with deep convolutional neural networks". Two groups, once a GPU each, and local response
//! normalisation, which torchvision's `alexnet` (the network of 2014) has not. Layers, sizes, their order
//! and the names are those of Caffe's `bvlc_alexnet`; channels are red, green, blue here, Caffe's are
//! blue, green, red.

use std::ops::RangeInclusive;

use crate::error::Result;
use crate::graph::{
    Conv, Graph, LocalResponseNorm, Number, Rounding, Scope, ValueId, Window, image_network,
};
use crate::tensor::Shape;

/// Caffe's `lrn_param`. The paper says `k = 2`, which Caffe's model does not use.
const NORM: LocalResponseNorm = LocalResponseNorm {
    size: 5,
    alpha: Number(1e-4),
    beta: Number(0.75),
    k: Number(1.0),
};
/// What the first linear layer reads.
const FEATURES: Shape = Shape::new(256, 6, 6);
/// Sides of an image that leave so much.
const SIDES: RangeInclusive<usize> = 199..=230;
/// Length of the two hidden vectors.
const HIDDEN: usize = 4096;

/// The network for images of `input`.
pub fn build(name: &str, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let x = conv_relu(net, 1, x, Conv::new(96, 11).stride(4))?;
        let x = net.local_response_norm("norm1", x, NORM)?;
        let x = pool(net, 1, x)?;
        let x = conv_relu(net, 2, x, Conv::new(256, 5).padding(2).groups(2))?;
        let x = net.local_response_norm("norm2", x, NORM)?;
        let x = pool(net, 2, x)?;
        let x = conv_relu(net, 3, x, Conv::new(384, 3).padding(1))?;
        let x = conv_relu(net, 4, x, Conv::new(384, 3).padding(1).groups(2))?;
        let x = conv_relu(net, 5, x, Conv::new(256, 3).padding(1).groups(2))?;
        let x = pool(net, 5, x)?;
        net.expect_features("fc6", x, FEATURES, SIDES)?;
        let mut x = net.flatten("flatten", x)?;
        for index in [6, 7] {
            x = net.linear(&format!("fc{index}"), x, HIDDEN)?;
            x = net.relu(&format!("relu{index}"), x)?;
            x = net.dropout(&format!("drop{index}"), x)?;
        }
        net.linear("fc8", x, classes)
    })
}

fn conv_relu(net: &Scope<'_>, index: usize, x: ValueId, conv: Conv) -> Result<ValueId> {
    let x = net.conv(&format!("conv{index}"), x, conv.bias())?;
    net.relu(&format!("relu{index}"), x)
}

/// Windows overlap, as in the paper; a last one that sticks out counts, as in Caffe.
fn pool(net: &Scope<'_>, index: usize, x: ValueId) -> Result<ValueId> {
    let window = Window {
        rounding: Rounding::Ceil,
        ..Window::square(3, 2)
    };
    net.max_pool(&format!("pool{index}"), x, window)
}
