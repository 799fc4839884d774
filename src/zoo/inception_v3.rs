//! Inception v3: Szegedy, Vanhoucke, Ioffe, Shlens, Wojna 2015, "Rethinking the Inception architecture for
//! computer vision" (arXiv:1512.00567). Graph and names are torchvision's `models/inception.py`.

use super::inception::{chain, conv_norm_relu};
use crate::error::Result;
use crate::graph::{Conv, Graph, Scope, ValueId, Window, image_network};
use crate::tensor::Shape;

/// The head in the middle, which only training uses (section 4 of the paper): checkpoints have it.
const AUXILIARY_HEAD: &str = "AuxLogits";

/// Halves height and width without a border.
const HALVE: Window = Window::square(3, 2);

/// Inception v3 for images of `input`.
pub fn build(name: &str, input: Shape, classes: usize) -> Result<Graph> {
    let mut graph = image_network(name, input, |net, x| {
        let x = conv_norm_relu(net, "Conv2d_1a_3x3", x, Conv::new(32, 3).stride(2))?;
        let x = conv_norm_relu(net, "Conv2d_2a_3x3", x, Conv::new(32, 3))?;
        let x = conv_norm_relu(net, "Conv2d_2b_3x3", x, Conv::new(64, 3).padding(1))?;
        let x = net.max_pool("maxpool1", x, HALVE)?;
        let x = conv_norm_relu(net, "Conv2d_3b_1x1", x, Conv::new(80, 1))?;
        let x = conv_norm_relu(net, "Conv2d_4a_3x3", x, Conv::new(192, 3))?;
        let x = net.max_pool("maxpool2", x, HALVE)?;

        let x = inception_a(&net.at("Mixed_5b"), x, 32)?;
        let x = inception_a(&net.at("Mixed_5c"), x, 64)?;
        let x = inception_a(&net.at("Mixed_5d"), x, 64)?;
        let x = inception_b(&net.at("Mixed_6a"), x)?;
        let x = inception_c(&net.at("Mixed_6b"), x, 128)?;
        let x = inception_c(&net.at("Mixed_6c"), x, 160)?;
        let x = inception_c(&net.at("Mixed_6d"), x, 160)?;
        let x = inception_c(&net.at("Mixed_6e"), x, 192)?;
        let x = inception_d(&net.at("Mixed_7a"), x)?;
        let x = inception_e(&net.at("Mixed_7b"), x)?;
        let x = inception_e(&net.at("Mixed_7c"), x)?;

        let x = net.global_average_pool("avgpool", x)?;
        let x = net.dropout("dropout", x)?;
        net.linear("fc", x, classes)
    })?;
    graph.add_training_branch(AUXILIARY_HEAD);
    Ok(graph)
}

/// 1x1, 5x5, two 3x3 and a pooling side by side: the paper's figure 5.
fn inception_a(net: &Scope<'_>, x: ValueId, pool_features: usize) -> Result<ValueId> {
    let one = conv_norm_relu(net, "branch1x1", x, Conv::new(64, 1))?;
    let five = [
        ("branch5x5_1", Conv::new(48, 1)),
        ("branch5x5_2", Conv::new(64, 5).centred()),
    ];
    let five = chain(net, x, &five)?;
    let double = [
        ("branch3x3dbl_1", Conv::new(64, 1)),
        ("branch3x3dbl_2", Conv::new(96, 3).centred()),
        ("branch3x3dbl_3", Conv::new(96, 3).centred()),
    ];
    let double = chain(net, x, &double)?;
    let pooled = pooled(net, x, pool_features)?;
    net.concat("concat", &[one, five, double, pooled])
}

/// Half the size.
fn inception_b(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let three = conv_norm_relu(net, "branch3x3", x, Conv::new(384, 3).stride(2))?;
    let double = [
        ("branch3x3dbl_1", Conv::new(64, 1)),
        ("branch3x3dbl_2", Conv::new(96, 3).centred()),
        ("branch3x3dbl_3", Conv::new(96, 3).stride(2)),
    ];
    let double = chain(net, x, &double)?;
    let pooled = net.max_pool("branch_pool", x, HALVE)?;
    net.concat("concat", &[three, double, pooled])
}

/// 7x7 as a row and a column: the paper's figure 6.
fn inception_c(net: &Scope<'_>, x: ValueId, width: usize) -> Result<ValueId> {
    let one = conv_norm_relu(net, "branch1x1", x, Conv::new(192, 1))?;
    let seven = [
        ("branch7x7_1", Conv::new(width, 1)),
        ("branch7x7_2", row(width, 7)),
        ("branch7x7_3", column(192, 7)),
    ];
    let seven = chain(net, x, &seven)?;
    let double = [
        ("branch7x7dbl_1", Conv::new(width, 1)),
        ("branch7x7dbl_2", column(width, 7)),
        ("branch7x7dbl_3", row(width, 7)),
        ("branch7x7dbl_4", column(width, 7)),
        ("branch7x7dbl_5", row(192, 7)),
    ];
    let double = chain(net, x, &double)?;
    let pooled = pooled(net, x, 192)?;
    net.concat("concat", &[one, seven, double, pooled])
}

/// Half the size.
fn inception_d(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let three = [
        ("branch3x3_1", Conv::new(192, 1)),
        ("branch3x3_2", Conv::new(320, 3).stride(2)),
    ];
    let three = chain(net, x, &three)?;
    let seven = [
        ("branch7x7x3_1", Conv::new(192, 1)),
        ("branch7x7x3_2", row(192, 7)),
        ("branch7x7x3_3", column(192, 7)),
        ("branch7x7x3_4", Conv::new(192, 3).stride(2)),
    ];
    let seven = chain(net, x, &seven)?;
    let pooled = net.max_pool("branch_pool", x, HALVE)?;
    net.concat("concat", &[three, seven, pooled])
}

/// Rows and columns side by side: the paper's figure 7.
fn inception_e(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let one = conv_norm_relu(net, "branch1x1", x, Conv::new(320, 1))?;
    let three = conv_norm_relu(net, "branch3x3_1", x, Conv::new(384, 1))?;
    let three = row_beside_column(net, "branch3x3_2", three)?;
    let double = [
        ("branch3x3dbl_1", Conv::new(448, 1)),
        ("branch3x3dbl_2", Conv::new(384, 3).centred()),
    ];
    let double = chain(net, x, &double)?;
    let double = row_beside_column(net, "branch3x3dbl_3", double)?;
    let pooled = pooled(net, x, 192)?;
    net.concat("concat", &[one, three, double, pooled])
}

fn row_beside_column(net: &Scope<'_>, name: &str, x: ValueId) -> Result<ValueId> {
    let a = conv_norm_relu(net, &format!("{name}a"), x, row(384, 3))?;
    let b = conv_norm_relu(net, &format!("{name}b"), x, column(384, 3))?;
    net.concat(&format!("{name}.concat"), &[a, b])
}

/// A pooling that keeps height and width, and 1x1.
fn pooled(net: &Scope<'_>, x: ValueId, out_channels: usize) -> Result<ValueId> {
    let x = net.average_pool("pool", x, Window::square(3, 1).padded(1), true)?;
    conv_norm_relu(net, "branch_pool", x, Conv::new(out_channels, 1))
}

fn row(out_channels: usize, length: usize) -> Conv {
    Conv::rectangle(out_channels, [1, length]).centred()
}

fn column(out_channels: usize, length: usize) -> Conv {
    Conv::rectangle(out_channels, [length, 1]).centred()
}
