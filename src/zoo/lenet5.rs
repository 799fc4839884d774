//! LeNet-5: LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document
//! recognition". The paper's sizes with ReLU and max-pooling; a 28x28 digit gets a border of 2.

use std::ops::RangeInclusive;

use crate::error::Result;
use crate::graph::{Conv, Graph, Padding, Scope, ValueId, Window, image_network};
use crate::tensor::Shape;

/// What the first linear layer reads.
const FEATURES: Shape = Shape::new(16, 5, 5);
/// Sides of an image that leave so much.
const SIDES: RangeInclusive<usize> = 28..=31;

/// LeNet-5 for images of `input`.
pub fn build(name: &str, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let x = net.pad("pad", x, Padding::all(2))?;
        let x = stage(net, 1, x, 6)?;
        let x = stage(net, 2, x, 16)?;
        net.expect_features("fc1", x, FEATURES, SIDES)?;
        let x = net.flatten("flatten", x)?;
        let x = net.linear("fc1", x, 120)?;
        let x = net.relu("relu3", x)?;
        let x = net.linear("fc2", x, 84)?;
        let x = net.relu("relu4", x)?;
        net.linear("fc3", x, classes)
    })
}

fn stage(net: &Scope<'_>, index: usize, x: ValueId, out_channels: usize) -> Result<ValueId> {
    let x = net.conv(
        &format!("conv{index}"),
        x,
        Conv::new(out_channels, 5).bias(),
    )?;
    let x = net.relu(&format!("relu{index}"), x)?;
    net.max_pool(&format!("pool{index}"), x, Window::square(2, 2))
}
