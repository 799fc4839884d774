//! Inception-ResNet v2: Szegedy, Ioffe, Vanhoucke, Alemi 2016, "Inception-v4, Inception-ResNet and the
//! impact of residual connections on learning" (arXiv:1602.07261). Graph and names are timm's
//! `inception_resnet_v2`.

use super::inception::{chain, conv_norm_relu};
use crate::error::Result;
use crate::graph::{Conv, Graph, Scope, ValueId, Window, image_network};
use crate::tensor::Shape;

/// Halves height and width without a border.
const HALVE: Window = Window::square(3, 2);

/// A kind of residual block: branches side by side, then 1x1 back to the input's channels, scaled.
struct Block {
    /// Convolutions of each branch: channels, kernel height and width.
    branches: &'static [&'static [(usize, [usize; 2])]],
    /// Factor of what is added: section 3.3 of the paper.
    scale: f64,
}

/// At 35x35: the paper's figure 16.
const BLOCK35: Block = Block {
    branches: &[
        &[(32, [1, 1])],
        &[(32, [1, 1]), (32, [3, 3])],
        &[(32, [1, 1]), (48, [3, 3]), (64, [3, 3])],
    ],
    scale: 0.17,
};
/// At 17x17: figure 17.
const BLOCK17: Block = Block {
    branches: &[
        &[(192, [1, 1])],
        &[(128, [1, 1]), (160, [1, 7]), (192, [7, 1])],
    ],
    scale: 0.1,
};
/// At 8x8: figure 19.
const BLOCK8: Block = Block {
    branches: &[
        &[(192, [1, 1])],
        &[(192, [1, 1]), (224, [1, 3]), (256, [3, 1])],
    ],
    scale: 0.2,
};
/// The last of them is neither scaled nor rectified.
const LAST: Block = Block {
    scale: 1.0,
    ..BLOCK8
};

/// Inception-ResNet v2 for images of `input`.
pub fn build(name: &str, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let x = conv_norm_relu(net, "conv2d_1a", x, Conv::new(32, 3).stride(2))?;
        let x = conv_norm_relu(net, "conv2d_2a", x, Conv::new(32, 3))?;
        let x = conv_norm_relu(net, "conv2d_2b", x, Conv::new(64, 3).padding(1))?;
        let x = net.max_pool("maxpool_3a", x, HALVE)?;
        let x = conv_norm_relu(net, "conv2d_3b", x, Conv::new(80, 1))?;
        let x = conv_norm_relu(net, "conv2d_4a", x, Conv::new(192, 3))?;
        let x = net.max_pool("maxpool_5a", x, HALVE)?;

        let x = mixed_5b(&net.at("mixed_5b"), x)?;
        let x = repeat(&net.at("repeat"), x, &BLOCK35, 10)?;
        let x = mixed_6a(&net.at("mixed_6a"), x)?;
        let x = repeat(&net.at("repeat_1"), x, &BLOCK17, 20)?;
        let x = mixed_7a(&net.at("mixed_7a"), x)?;
        let x = repeat(&net.at("repeat_2"), x, &BLOCK8, 9)?;
        let x = residual(&net.at("block8"), x, &LAST)?;

        let x = conv_norm_relu(net, "conv2d_7b", x, Conv::new(1536, 1))?;
        let x = net.global_average_pool("global_pool", x)?;
        net.linear("classif", x, classes)
    })
}

fn mixed_5b(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let one = conv_norm_relu(net, "branch0", x, Conv::new(96, 1))?;
    let five = [("0", Conv::new(48, 1)), ("1", Conv::new(64, 5).centred())];
    let five = chain(&net.at("branch1"), x, &five)?;
    let double = [
        ("0", Conv::new(64, 1)),
        ("1", Conv::new(96, 3).centred()),
        ("2", Conv::new(96, 3).centred()),
    ];
    let double = chain(&net.at("branch2"), x, &double)?;
    let branch = net.at("branch3");
    let pooled = branch.average_pool("0", x, Window::square(3, 1).padded(1), false)?;
    let pooled = conv_norm_relu(&branch, "1", pooled, Conv::new(64, 1))?;
    net.concat("concat", &[one, five, double, pooled])
}

/// Half the size, for blocks of 17x17.
fn mixed_6a(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let three = conv_norm_relu(net, "branch0", x, Conv::new(384, 3).stride(2))?;
    let double = [
        ("0", Conv::new(256, 1)),
        ("1", Conv::new(256, 3).centred()),
        ("2", Conv::new(384, 3).stride(2)),
    ];
    let double = chain(&net.at("branch1"), x, &double)?;
    let pooled = net.max_pool("branch2", x, HALVE)?;
    net.concat("concat", &[three, double, pooled])
}

/// Half the size, for blocks of 8x8.
fn mixed_7a(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let a = [("0", Conv::new(256, 1)), ("1", Conv::new(384, 3).stride(2))];
    let a = chain(&net.at("branch0"), x, &a)?;
    let b = [("0", Conv::new(256, 1)), ("1", Conv::new(288, 3).stride(2))];
    let b = chain(&net.at("branch1"), x, &b)?;
    let double = [
        ("0", Conv::new(256, 1)),
        ("1", Conv::new(288, 3).centred()),
        ("2", Conv::new(320, 3).stride(2)),
    ];
    let double = chain(&net.at("branch2"), x, &double)?;
    let pooled = net.max_pool("branch3", x, HALVE)?;
    net.concat("concat", &[a, b, double, pooled])
}

/// `count` blocks, each rectified.
fn repeat(net: &Scope<'_>, mut x: ValueId, block: &Block, count: usize) -> Result<ValueId> {
    for index in 0..count {
        let scope = net.at(index);
        x = residual(&scope, x, block)?;
        x = scope.relu("act", x)?;
    }
    Ok(x)
}

fn residual(net: &Scope<'_>, x: ValueId, block: &Block) -> Result<ValueId> {
    let mut branches = Vec::new();
    for (index, &convs) in block.branches.iter().enumerate() {
        let scope = net.at(format!("branch{index}"));
        let mut y = x;
        for (position, &(out_channels, kernel)) in convs.iter().enumerate() {
            let conv = Conv::rectangle(out_channels, kernel).centred();
            y = match convs {
                // A branch of one convolution has its name.
                [_] => conv_norm_relu(net, &format!("branch{index}"), y, conv)?,
                _ => conv_norm_relu(&scope, &position.to_string(), y, conv)?,
            };
        }
        branches.push(y);
    }
    let y = net.concat("concat", &branches)?;
    let y = net.conv("conv2d", y, Conv::new(net.shape(x)?.channels, 1).bias())?;
    net.add_scaled("add", x, y, block.scale)
}
