//! Sums, products and windows so long that an invocation may not compute one alone.

use menagerie::ErrorKind;
use menagerie::graph::{Activation, Padding, Reduction, Window};
use menagerie::program::{Planning, Program};
use menagerie::tensor::Shape;

use crate::common::cases::Case;
use crate::common::cases::convolution::Convolution;
use crate::common::cases::maps::layer_norm;
use crate::common::cases::movement::of_rank;
use crate::common::cases::pooling::{adaptive, average, global, max};
use crate::common::cases::reductions::{product, reduce};
use crate::common::cases::transposed::Transposed;
use crate::common::cases::vectors::{linear, softmax};
use crate::common::device::devices;
use crate::harness::check_within;

/// Largest difference over largest magnitude. An invocation adds up to a hundred thousand values one after the other.
const LONG_SUMS: f64 = 3e-5;

/// A window that covers an image of this size.
fn whole([height, width]: [usize; 2]) -> Window {
    Window {
        kernel: [height, width],
        padding: Padding::default(),
        ..Window::square(1, 1)
    }
}

fn linear_of(features: usize) -> Case {
    let shape = Shape::vector(features);
    linear("linear", shape, 5, true, Activation::Identity)
}

/// Cases in which an invocation takes almost as many turns of its loops as any driver allows.
fn longest() -> Vec<Case> {
    let size = [254, 255];
    let image = Shape::new(2, size[0], size[1]);
    // Not every driver unrolls the loops over the windows of a strip.
    let strips = [50, 57];
    let transposed = Transposed {
        groups: 1,
        in_each: 40_000,
        out_each: 3,
        size: [1, 1],
        window: Window::square(1, 1),
        output_padding: [0, 0],
        bias: false,
        activation: Activation::Identity,
    };
    let sum_of = |count| of_rank("sum", reduce(Reduction::Sum, &[0]), &[count]);
    vec![
        Case::unary("global average pool", global(), image),
        Case::unary("adaptive average pool", adaptive([1, 1]), image),
        Case::unary("max pool", max(whole(size)), image),
        Case::unary("average pool", average(whole(size), true), image),
        Convolution::depthwise(2, strips, whole(strips)).case("depthwise"),
        Convolution {
            groups: 2,
            ..Convolution::dense([4, 4], strips, whole(strips))
        }
        .case("grouped convolution"),
        transposed.case("transposed convolution"),
        sum_of(65_000),
        Case::unary("softmax", softmax(), Shape::vector(87_000)),
        layer_norm("layer norm", Shape::vector(87_000), 0.0, true),
        linear_of(43_000),
        product("matrix product", &[2, 63_000], &[63_000, 3]),
    ]
}

#[test]
fn as_long_as_one_invocation_can() {
    for case in longest() {
        let checked = check_within(&case, LONG_SUMS);
        checked.unwrap_or_else(|error| panic!("{}: {error}", case.name));
    }
}

/// Where one invocation cannot, those of a workgroup share the work.
#[test]
fn longer_than_one_invocation_can() {
    let image = Shape::new(3, 300, 301);
    let of = |name, reduction, axes: &[usize]| Case::unary(name, reduce(reduction, axes), image);
    let vector = |reduction| of_rank("of a vector", reduce(reduction, &[0]), &[100_001]);
    for case in [
        Case::unary("global average pool", global(), image).batch(2),
        of("mean", Reduction::Mean, &[1, 2]).batch(2),
        of("norm of all", Reduction::Norm, &[0, 1, 2]),
        of("index of the largest", Reduction::ArgMax, &[1, 2]),
        vector(Reduction::AbsoluteSum),
        vector(Reduction::Max),
        vector(Reduction::ArgMin),
        Case::unary("softmax", softmax(), Shape::vector(100_001)).batch(2),
        layer_norm("layer norm", Shape::vector(100_001), 3.0, true),
        linear_of(300_001),
    ] {
        let checked = check_within(&case, LONG_SUMS);
        checked.unwrap_or_else(|error| panic!("{}: {error}", case.name));
    }
}

/// A wrong answer would be worse than none.
#[test]
fn longer_than_any_kernel_can() {
    let size = [300, 301];
    let case = Case::unary(
        "max pool",
        max(whole(size)),
        Shape::new(1, size[0], size[1]),
    );
    let mut profile = devices()[0].1.profile().clone();
    profile.max_loop_turns = Some(65_535);
    let error = Program::new(&case.graph, &profile, &Planning::of_batch(1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let line = error.to_string();
    let reason = "max_pool needs 90901 turns of an invocation's loops, found at most 65535";
    assert!(line.ends_with(reason), "{line}");
}
