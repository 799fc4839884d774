//! Layers as networks have them, to be timed: too large to be tried by every kernel on every kind of device.

use menagerie::graph::{Activation, Interpolation, Padding, Reduction, Window};
use menagerie::tensor::Shape;

use super::convolution::layer;
use super::transposed::Transposed;
use super::{Case, conv_pairs, maps, movement, pointwise, pooling, reductions, vectors, winograd};

fn conv(name: &'static str, shape: Shape, out_channels: usize, window: Window) -> Case {
    Case::new(name, layer(shape, out_channels, window, 1))
}

fn depthwise(name: &'static str, shape: Shape, window: Window) -> Case {
    Case::new(name, layer(shape, shape.channels, window, shape.channels))
}

/// One of each kind of layer that has one input.
pub fn layers() -> Vec<Case> {
    let one = Window::square(1, 1);
    let three = |stride| Window::square(3, stride).padded(1);
    let half = Window::square(2, 2);
    let up = Transposed {
        groups: 1,
        in_each: 512,
        out_each: 256,
        size: [28, 28],
        window: half,
        output_padding: [0, 0],
        bias: true,
        activation: Activation::Identity,
    };
    let image = |channels, side| Shape::new(channels, side, side);
    let mut layers = vec![
        conv(
            "stem 7x7",
            image(3, 224),
            64,
            Window::square(7, 2).padded(3),
        ),
        conv("resnet50 1x1 of 56", image(64, 56), 256, one),
        conv("resnet50 1x1 of 14", image(1024, 14), 256, one),
        conv("resnet50 3x3 of 56", image(64, 56), 64, three(1)),
        conv("resnet50 3x3 of 14", image(256, 14), 256, three(1)),
        conv("resnet50 3x3 of 7", image(512, 7), 512, three(1)),
        depthwise("mobilenet_v2 depthwise", image(96, 112), three(2)),
        depthwise(
            "nasnet 5x5 depthwise",
            image(44, 28),
            Window::square(5, 1).padded(2),
        ),
        conv("resnet50 fc", Shape::vector(2048), 1000, one),
        vectors::linear("lenet5 fc2", Shape::vector(120), 84, true, Activation::Relu),
        vectors::linear(
            "vgg11 fc7",
            Shape::vector(4096),
            4096,
            true,
            Activation::Relu,
        ),
        up.case("unet transposed"),
        winograd::input("resnet50 winograd of 56", image(64, 56), Padding::all(1)),
        winograd::result(
            "resnet50 winograd to 56",
            image(64, 56),
            false,
            Activation::Relu,
        ),
        pointwise::normalisation("resnet50 batch norm", image(64, 112), Activation::Relu),
        Case::unary(
            "resnet50 relu",
            pointwise::activation(Activation::Relu),
            image(256, 56),
        ),
        Case::unary("resnet50 max pool", pooling::max(three(2)), image(64, 112)),
        Case::unary(
            "densenet average pool",
            pooling::average(half, true),
            image(256, 28),
        ),
        Case::unary("resnet50 global pool", pooling::global(), image(2048, 7)),
        Case::unary(
            "alexnet adaptive pool of a larger photo",
            pooling::adaptive([6, 6]),
            image(256, 7),
        ),
        Case::unary(
            "alexnet_lrn norm",
            maps::local_response_norm(5, 1e-4, 0.75, 1.0),
            image(96, 55),
        ),
        Case::unary(
            "spatial attention maximum",
            reductions::reduce(Reduction::Max, &[0]),
            image(168, 28),
        ),
        maps::group_norm("group norm of 32 groups", image(64, 56), 32, 0.0, true),
        maps::layer_norm("convnext layer norm", image(96, 56), 0.0, true),
        Case::unary(
            "unet_bilinear resize",
            maps::resize(
                [56, 56],
                Interpolation::Bilinear {
                    align_corners: true,
                },
            ),
            image(256, 28),
        ),
        Case::unary(
            "mobilenet_v1 pad",
            movement::pad(Padding::all(1)),
            image(64, 112),
        ),
        Case::unary("nasnet crop", maps::crop(Padding::all(1)), image(168, 30)),
        Case::unary("vgg11 flatten", movement::flatten(), image(512, 7)),
        movement::splitting(
            "split beside quads, as large as a layer",
            image(63, 56),
            &[21, 42],
        ),
        Case::unary(
            "channels to pixels",
            movement::reshape(&[64, 112, 112]),
            image(256, 56),
        ),
        Case::unary(
            "softmax of classes",
            vectors::softmax(),
            Shape::vector(1000),
        ),
    ];
    layers.extend(conv_pairs::of_mobilenet());
    layers
}
