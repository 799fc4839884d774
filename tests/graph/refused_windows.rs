//! Windows, groups and sizes that there cannot be: at the limits of 32-bit numbers, too.

use menagerie::graph::{
    AdaptiveAveragePool, AveragePool, Conv2d, ConvTranspose2d, Crop, Interpolation, MaxPool, Op,
    Pad, Padding, Resize, Window,
};

use crate::types::{borrowed, expect_refused, inputs};

/// The least attribute that is too large.
const TOO_LARGE: usize = 1 << 31;

fn conv(window: Window, groups: usize) -> Op {
    Op::Conv2d(Conv2d { window, groups })
}

fn max_pool(window: Window) -> Op {
    Op::MaxPool(MaxPool { window })
}

#[test]
fn convolutions() {
    let square = Window::square(2, 1);
    let up = |window, output_padding, groups| {
        Op::ConvTranspose2d(ConvTranspose2d {
            window,
            output_padding,
            groups,
        })
    };
    let weight = "4x6x6; [2, 4, 2, 2]";
    expect_refused(&[
        (
            conv(square, 1),
            "4x6x6; [2, 4, 4]",
            "expected a weight of 4 dimensions, found [2, 4, 4]",
        ),
        (
            conv(square, 1),
            "4x6x6; [2, 3, 2, 2]",
            "expected a weight of [2, 4, 2, 2], found [2, 3, 2, 2]",
        ),
        (
            conv(square, 1),
            "4x6x6; [2, 4, 2, 3]",
            "expected a weight of [2, 4, 2, 2], found [2, 4, 2, 3]",
        ),
        (
            conv(square, 2),
            weight,
            "expected a weight of [2, 2, 2, 2], found [2, 4, 2, 2]",
        ),
        (
            conv(square, 1),
            "4x6x6; [2, 4, 2, 2]; [3]",
            "expected a bias of [2], found [3]",
        ),
        (
            conv(square, 1),
            "4x6x6; [2, 4, 2, 2]; [2, 1]",
            "expected a bias of [2], found [2, 1]",
        ),
        (
            conv(square, 0),
            weight,
            "0 groups must divide 4 input and 2 output channels",
        ),
        (
            conv(square, 3),
            weight,
            "3 groups must divide 4 input and 2 output channels",
        ),
        (
            conv(square, 4),
            weight,
            "4 groups must divide 4 input and 2 output channels",
        ),
        (
            conv(square, usize::MAX),
            weight,
            "18446744073709551615 groups must divide 4 input and 2 output channels",
        ),
        (
            conv(Window::square(7, 1), 1),
            "4x6x6; [2, 4, 7, 7]",
            "a window of 7x7 does not fit into 4x6x6",
        ),
        (
            conv(Window::square(7, 1).padded(1).rounded_up(), 1),
            "4x4x6; [2, 4, 7, 7]",
            "a window of 7x7 padding 1 ceil does not fit into 4x4x6",
        ),
        (
            up(square, [0, 0], 1),
            "4x6x6; [4, 4]",
            "expected a weight of 4 dimensions, found [4, 4]",
        ),
        (
            up(square, [0, 0], 1),
            "4x6x6; [3, 2, 2, 2]",
            "expected a weight of [4, 2, 2, 2], found [3, 2, 2, 2]",
        ),
        (
            up(square, [0, 0], 2),
            "4x6x6; [4, 2, 2, 2]; [2]",
            "expected a bias of [4], found [2]",
        ),
        (
            up(square, [0, 0], 3),
            "4x6x6; [4, 2, 2, 2]",
            "3 groups must divide 4 input and 6 output channels",
        ),
        (
            up(square, [0, 0], usize::MAX),
            "4x6x6; [4, 2, 2, 2]",
            "18446744073709551615 groups must divide 4 input and 18446744073709551615 output channels",
        ),
        (
            up(square, [1, 0], 1),
            "4x6x6; [4, 2, 2, 2]",
            "the output padding must be smaller than stride or dilation, found 1",
        ),
        (
            up(square, [0, usize::MAX], 1),
            "4x6x6; [4, 2, 2, 2]",
            "the output padding must be smaller than stride or dilation, found 18446744073709551615",
        ),
        (
            up(square.padded(4), [0, 0], 1),
            "4x6x7; [4, 2, 2, 2]",
            "cropping the padding of 2x2 padding 4 leaves nothing of 4x6x7",
        ),
        (
            up(Window::square(2, TOO_LARGE / 4), [0, 0], 1),
            "4x6x6; [4, 2, 2, 2]",
            "the result must be below 2^31 pixels a side, found 2684354562",
        ),
    ]);
}

/// At the limit of what fits into the 32 bits of shaders, and just beyond it.
#[test]
fn windows() {
    let below = TOO_LARGE - 1;
    let image = "1x4x4; [1, 1, 1, 1]";
    let window = |edit: &dyn Fn(&mut Window)| {
        let mut window = Window::square(1, 1);
        edit(&mut window);
        conv(window, 1)
    };
    expect_refused(&[
        (
            window(&|window| window.kernel = [0, 1]),
            image,
            "kernel, stride and dilation must be at least 1, found 0x1",
        ),
        (
            window(&|window| window.stride = [1, 0]),
            image,
            "kernel, stride and dilation must be at least 1, found 1x1 stride 1,0",
        ),
        (
            window(&|window| window.dilation = [0, 0]),
            image,
            "kernel, stride and dilation must be at least 1, found 1x1 dilation 0",
        ),
        (
            window(&|window| window.kernel = [TOO_LARGE, 1]),
            image,
            "kernel, stride and dilation must be below 2^31, as the window's extent, found 2147483648x1",
        ),
        (
            window(&|window| window.stride = [1, usize::MAX]),
            image,
            "kernel, stride and dilation must be below 2^31, as the window's extent, found 1x1 stride \
             1,18446744073709551615",
        ),
        (
            window(&|window| window.dilation = [TOO_LARGE, 1]),
            image,
            "kernel, stride and dilation must be below 2^31, as the window's extent, found 1x1 dilation \
             2147483648,1",
        ),
        (
            window(&|window| (window.kernel, window.dilation) = ([below, 1], [2, 1])),
            image,
            "kernel, stride and dilation must be below 2^31, as the window's extent, found 2147483647x1 \
             dilation 2,1",
        ),
        (
            window(&|window| window.kernel = [1 << 16, 1 << 15]),
            image,
            "kernel, stride and dilation must be of less than 2^31 taps, found 65536x32768",
        ),
        (
            window(&|window| window.padding = Padding::all(TOO_LARGE)),
            image,
            "padding must be below 2^31 pixels, found 2147483648",
        ),
        (
            window(&|window| window.padding.right = usize::MAX),
            image,
            "padding must be below 2^31 pixels, found 0,0,0,18446744073709551615",
        ),
        (
            window(&|window| window.padding.top = below - 3),
            image,
            "1x4x4 with the padding of 1x1 padding 2147483644,0,0,0 must be below 2^31 pixels a side",
        ),
        (
            window(&|window| window.padding = Padding::all(below)),
            image,
            "1x4x4 with the padding of 1x1 padding 2147483647 must be below 2^31 pixels a side",
        ),
    ]);
    // The largest of each that there can be.
    for sound in [
        window(&|window| window.stride = [below, below]),
        window(&|window| window.dilation = [below, below]),
        window(&|window| window.padding.top = below - 4),
    ] {
        let types = inputs(image);
        sound.infer(&borrowed(&types)).unwrap();
    }
}

#[test]
fn pools_and_other_sizes() {
    let adaptive = |height, width| Op::AdaptiveAveragePool(AdaptiveAveragePool { height, width });
    let mean = AveragePool {
        window: Window::square(2, 1).padded(2),
        count_padding: true,
    };
    let resize = |height, width| {
        Op::Resize(Resize {
            height,
            width,
            interpolation: Interpolation::Nearest,
        })
    };
    let pad = |padding| Op::Pad(Pad::zeros(padding));
    let crop = |border| Op::Crop(Crop { border });
    let image = "4x6x6";
    let half = TOO_LARGE - 1;
    expect_refused(&[
        (
            max_pool(Window::square(2, 2).padded(2)),
            image,
            "the padding of 2x2 stride 2 padding 2 must be smaller than the window",
        ),
        (
            Op::AveragePool(mean),
            image,
            "the padding of 2x2 padding 2 must be smaller than the window",
        ),
        (
            max_pool(Window::square(7, 1)),
            image,
            "a window of 7x7 does not fit into 4x6x6",
        ),
        (
            max_pool(Window::square(0, 1)),
            image,
            "kernel, stride and dilation must be at least 1, found 0x0",
        ),
        (adaptive(0, 1), image, "a grid of 0x1 does not fit on 4x6x6"),
        (
            adaptive(1, usize::MAX),
            image,
            "a grid of 1x18446744073709551615 does not fit on 4x6x6",
        ),
        (
            adaptive(TOO_LARGE / 6, 1),
            image,
            "a grid of 357913941x1 does not fit on 4x6x6",
        ),
        (
            resize(0, 1),
            image,
            "sides must be between 1 and 32768, found 4x6x6 to 4x0x1",
        ),
        (
            resize(1, 32769),
            image,
            "sides must be between 1 and 32768, found 4x6x6 to 4x1x32769",
        ),
        (
            resize(1, 1),
            "4x6x32769",
            "sides must be between 1 and 32768, found 4x6x32769 to 4x1x1",
        ),
        (
            pad(Padding::all(TOO_LARGE)),
            image,
            "padding must be below 2^31 pixels, found 2147483648",
        ),
        (
            pad(Padding::all(half)),
            image,
            "expected dimensions from 1 to below 2^31, found [1, 4, 4294967300, 4294967300]",
        ),
        (
            pad(Padding::all(1 << 21)),
            image,
            "expected at most 2^40 values, found [1, 4, 4194310, 4194310]",
        ),
        (
            crop(Padding::all(3)),
            image,
            "cropping 3 leaves nothing of 4x6x6",
        ),
        (
            crop(Padding::all(usize::MAX)),
            image,
            "padding must be below 2^31 pixels, found 18446744073709551615",
        ),
        (
            crop(Padding::all(half)),
            image,
            "cropping 2147483647 leaves nothing of 4x6x6",
        ),
    ]);
}
