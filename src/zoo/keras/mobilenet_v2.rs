//! MobileNet v2: Sandler, Howard, Zhu, Zhmoginov, Chen 2018, "MobileNetV2: inverted residuals and linear bottlenecks"
//! (arXiv:1801.04381), as Keras's `applications/mobilenet_v2.py` has it: SAME borders as TensorFlow places them.

use super::EPSILON;
use crate::error::Result;
use crate::graph::{Conv, Scope, ValueId, Window};

/// Channels inside a block for each input channel, output channels, number of blocks, and stride of the first: the
/// paper's table 2.
const STAGES: [(usize, usize, usize, usize); 7] = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
];

/// All layers before the classifier.
pub fn features(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let x = net.conv("Conv1", x, Conv::new(32, 3).stride(2).same_padding())?;
    let x = net.batch_norm("bn_Conv1", x, EPSILON)?;
    let mut x = net.relu6("Conv1_relu", x)?;
    let mut index = 0;
    for (expansion, out_channels, count, first_stride) in STAGES {
        for number in 0..count {
            let prefix = match index {
                0 => "expanded_conv".to_owned(),
                index => format!("block_{index}"),
            };
            let stride = if number == 0 { first_stride } else { 1 };
            x = block(net, &prefix, x, expansion, out_channels, stride)?;
            index += 1;
        }
    }
    let x = net.conv("Conv_1", x, Conv::new(1280, 1))?;
    let x = net.batch_norm("Conv_1_bn", x, EPSILON)?;
    let x = net.relu6("out_relu", x)?;
    net.global_average_pool("global_average_pooling2d", x)
}

/// An inverted residual: the paper's figure 4.
fn block(
    net: &Scope<'_>,
    prefix: &str,
    input: ValueId,
    expansion: usize,
    out_channels: usize,
    stride: usize,
) -> Result<ValueId> {
    let in_channels = net.shape(input)?.channels;
    let mut x = input;
    if expansion > 1 {
        let conv = Conv::new(expansion * in_channels, 1);
        x = conv_norm(net, &format!("{prefix}_expand"), x, conv)?;
        x = net.relu6(&format!("{prefix}_expand_relu"), x)?;
    }
    let channels = net.shape(x)?.channels;
    let mut depthwise = Conv::new(channels, 3).stride(stride).groups(channels);
    if stride == 1 {
        depthwise = depthwise.padding(1);
    } else {
        // What Keras computes as `correct_pad`.
        let same = Window::square(3, stride).same_padding(net.shape(x)?)?;
        x = net.pad(&format!("{prefix}_pad"), x, same)?;
    }
    x = conv_norm(net, &format!("{prefix}_depthwise"), x, depthwise)?;
    x = net.relu6(&format!("{prefix}_depthwise_relu"), x)?;
    x = conv_norm(
        net,
        &format!("{prefix}_project"),
        x,
        Conv::new(out_channels, 1),
    )?;
    if stride == 1 && in_channels == out_channels {
        return net.add(&format!("{prefix}_add"), input, x);
    }
    Ok(x)
}

fn conv_norm(net: &Scope<'_>, name: &str, x: ValueId, conv: Conv) -> Result<ValueId> {
    let x = net.conv(name, x, conv)?;
    net.batch_norm(&format!("{name}_BN"), x, EPSILON)
}
