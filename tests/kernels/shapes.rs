//! Random shapes, and what goes with them.

use menagerie::graph::{Activation, Padding, Window};
use menagerie::tensor::Shape;
use proptest::prelude::*;

/// Small images, 1x1 among them, with any number of channels.
pub fn shapes() -> impl Strategy<Value = Shape> {
    (1..=19_usize, 1..=11_usize, 1..=11_usize)
        .prop_map(|(channels, height, width)| Shape::new(channels, height, width))
}

/// One image or three.
pub fn batches() -> impl Strategy<Value = usize> {
    prop_oneof![Just(1), Just(3)]
}

pub fn activations() -> impl Strategy<Value = Activation> {
    prop_oneof![
        Just(Activation::Identity),
        Just(Activation::Relu),
        Just(Activation::Relu6)
    ]
}

/// From one to so many along each axis.
pub fn pairs(most: usize) -> impl Strategy<Value = [usize; 2]> {
    (1..=most, 1..=most).prop_map(|(y, x)| [y, x])
}

/// Up to three pixels on each side.
pub fn paddings() -> impl Strategy<Value = Padding> {
    let sides = (0..=3_usize, 0..=3_usize, 0..=3_usize, 0..=3_usize);
    sides.prop_map(|(top, left, bottom, right)| Padding {
        top,
        left,
        bottom,
        right,
    })
}

/// Windows of these kernels, with strides up to `most_stride`, any dilation and any border.
pub fn windows(
    kernels: impl Strategy<Value = [usize; 2]>,
    most_stride: usize,
) -> impl Strategy<Value = Window> {
    (kernels, pairs(most_stride), pairs(2), paddings()).prop_map(
        |(kernel, stride, dilation, padding)| Window {
            kernel,
            stride,
            dilation,
            padding,
            ..Window::square(1, 1)
        },
    )
}
