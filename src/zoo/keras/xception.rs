//! Xception: Chollet 2016, "Xception: deep learning with depthwise separable convolutions" (arXiv:1610.02357), as Keras's
//! `applications/xception.py` has it: SAME borders as TensorFlow places them.

use super::EPSILON;
use super::unnamed::Unnamed;
use crate::error::Result;
use crate::graph::{Conv, Scope, ValueId, Window};

/// Output channels of the two separable convolutions of blocks 2 to 4, and of block 13, which halve height and width.
const ENTRY: [[usize; 2]; 3] = [[128, 128], [256, 256], [728, 728]];
const EXIT: [usize; 2] = [728, 1024];

/// All layers before the classifier.
pub fn features(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let mut unnamed = Unnamed::default();
    let x = net.conv("block1_conv1", x, Conv::new(32, 3).stride(2))?;
    let x = norm_relu(net, "block1_conv1", x)?;
    let x = net.conv("block1_conv2", x, Conv::new(64, 3))?;
    let mut x = norm_relu(net, "block1_conv2", x)?;
    for (number, channels) in (2..).zip(ENTRY) {
        x = halving(net, &mut unnamed, number, x, channels)?;
    }
    for number in 5..=12 {
        let mut y = x;
        for index in 1..=3 {
            let name = format!("block{number}_sepconv{index}");
            y = net.relu(&format!("{name}_act"), y)?;
            y = separable_norm(net, &name, y, 728)?;
        }
        x = net.add(&unnamed.next("add"), y, x)?;
    }
    x = halving(net, &mut unnamed, 13, x, EXIT)?;
    for (index, channels) in [(1, 1536), (2, 2048)] {
        let name = format!("block14_sepconv{index}");
        x = separable_norm(net, &name, x, channels)?;
        x = net.relu(&format!("{name}_act"), x)?;
    }
    net.global_average_pool("avg_pool", x)
}

/// Half the size: a box of the paper's figure 5.
fn halving(
    net: &Scope<'_>,
    unnamed: &mut Unnamed,
    number: usize,
    x: ValueId,
    channels: [usize; 2],
) -> Result<ValueId> {
    let shortcut = Conv::new(channels[1], 1).stride(2).same_padding();
    let shortcut = net.conv(&unnamed.next("conv2d"), x, shortcut)?;
    let shortcut = net.batch_norm(&unnamed.next("batch_normalization"), shortcut, EPSILON)?;
    let mut y = x;
    for (index, channels) in (1..).zip(channels) {
        let name = format!("block{number}_sepconv{index}");
        // What comes out of block 1 is rectified already.
        if (number, index) != (2, 1) {
            y = net.relu(&format!("{name}_act"), y)?;
        }
        y = separable_norm(net, &name, y, channels)?;
    }
    let mut window = Window::square(3, 2);
    window.padding = window.same_padding(net.shape(y)?)?;
    let y = net.max_pool(&format!("block{number}_pool"), y, window)?;
    net.add(&unnamed.next("add"), y, shortcut)
}

/// A 3x3 filter for each channel, then a pointwise convolution, with nothing in between: one layer of Keras.
fn separable_norm(net: &Scope<'_>, name: &str, x: ValueId, out_channels: usize) -> Result<ValueId> {
    let layer = net.at(name);
    let channels = net.shape(x)?.channels;
    let depthwise = Conv::new(channels, 3).padding(1).groups(channels);
    let x = layer.conv("depthwise", x, depthwise)?;
    let x = layer.conv("pointwise", x, Conv::new(out_channels, 1))?;
    net.batch_norm(&format!("{name}_bn"), x, EPSILON)
}

fn norm_relu(net: &Scope<'_>, name: &str, x: ValueId) -> Result<ValueId> {
    let x = net.batch_norm(&format!("{name}_bn"), x, EPSILON)?;
    net.relu(&format!("{name}_act"), x)
}
