//! ResNet-50: He, Zhang, Ren, Sun 2015, "Deep residual learning for image recognition" (arXiv:1512.03385), as Keras's
//! `applications/resnet.py` has it: convolutions have biases, and a block's stride is that of its first 1x1 convolution.

use crate::error::Result;
use crate::graph::{Conv, Padding, Scope, ValueId, Window};

/// Added to each variance.
const EPSILON: f64 = 1.001e-5;

/// Channels inside the blocks of each stage, number of blocks, and stride of the first.
const STAGES: [(usize, usize, usize); 4] = [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)];

/// Output channels of a block for each channel inside it.
const EXPANSION: usize = 4;

/// All layers before the classifier.
pub fn features(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let x = net.pad("conv1_pad", x, Padding::all(3))?;
    let x = conv_norm(net, "conv1", x, Conv::new(64, 7).stride(2))?;
    let x = net.relu("conv1_relu", x)?;
    let x = net.pad("pool1_pad", x, Padding::all(1))?;
    let mut x = net.max_pool("pool1_pool", x, Window::square(3, 2))?;
    for (stage, &(channels, count, first_stride)) in (2..).zip(&STAGES) {
        for number in 1..=count {
            let block = format!("conv{stage}_block{number}");
            let shortcut = match number {
                1 => {
                    let conv = Conv::new(EXPANSION * channels, 1).stride(first_stride);
                    conv_norm(net, &format!("{block}_0"), x, conv)?
                }
                _ => x,
            };
            let stride = if number == 1 { first_stride } else { 1 };
            let y = bottleneck(net, &block, x, channels, stride)?;
            let sum = net.add(&format!("{block}_add"), shortcut, y)?;
            x = net.relu(&format!("{block}_out"), sum)?;
        }
    }
    net.global_average_pool("avg_pool", x)
}

/// 1x1, 3x3, 1x1.
fn bottleneck(
    net: &Scope<'_>,
    block: &str,
    x: ValueId,
    channels: usize,
    stride: usize,
) -> Result<ValueId> {
    let x = conv_norm(
        net,
        &format!("{block}_1"),
        x,
        Conv::new(channels, 1).stride(stride),
    )?;
    let x = net.relu(&format!("{block}_1_relu"), x)?;
    let x = conv_norm(
        net,
        &format!("{block}_2"),
        x,
        Conv::new(channels, 3).padding(1),
    )?;
    let x = net.relu(&format!("{block}_2_relu"), x)?;
    conv_norm(
        net,
        &format!("{block}_3"),
        x,
        Conv::new(EXPANSION * channels, 1),
    )
}

fn conv_norm(net: &Scope<'_>, name: &str, x: ValueId, conv: Conv) -> Result<ValueId> {
    let x = net.conv(&format!("{name}_conv"), x, conv.bias())?;
    net.batch_norm(&format!("{name}_bn"), x, EPSILON)
}
