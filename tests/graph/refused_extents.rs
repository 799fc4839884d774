//! Parameters, channels and extents that do not belong to what an operation reads.

use menagerie::graph::{
    BatchNorm, Concat, Expand, Flatten, GroupNorm, LayerNorm, Linear, Number, Op, Reshape, Slice,
    SliceAxis, Split, Transpose,
};
use menagerie::tensor::Dims;

use crate::types::{expect_refused, sum_of};

#[test]
fn parameters_of_another_shape() {
    let norm = Op::BatchNorm(BatchNorm {
        epsilon: Number(0.0),
    });
    let group_norm = |groups| {
        Op::GroupNorm(GroupNorm {
            groups,
            epsilon: Number(1e-5),
        })
    };
    let layer_norm = Op::LayerNorm(LayerNorm {
        epsilon: Number(1.0),
    });
    let linear = |flattens| Op::Linear(Linear { flattens });
    expect_refused(&[
        (
            norm.clone(),
            "2x3x3; [3]; -; [2]; [2]",
            "expected a gamma of [2], found [3]",
        ),
        (
            norm.clone(),
            "2x3x3; -; [1]; [2]; [2]",
            "expected a beta of [2], found [1]",
        ),
        (
            norm.clone(),
            "2x3x3; -; -; [2, 1]; [2]",
            "expected a mean of [2], found [2, 1]",
        ),
        (
            norm.clone(),
            "2x3x3; -; -; [2]; []",
            "expected a variance of [2], found []",
        ),
        (
            norm,
            "2x3x3; -; -; [2]; i32[2]",
            "expected a variance of f32 that all images share, found i32[2]",
        ),
        (
            layer_norm.clone(),
            "2x3x3; [3]",
            "expected a gamma of [2], found [3]",
        ),
        (
            group_norm(2),
            "3x3x3; [3]",
            "expected a number of groups that divides 3 channels, found 2",
        ),
        (
            group_norm(0),
            "3x3x3; [3]",
            "expected a number of groups that divides 3 channels, found 0",
        ),
        (
            group_norm(2),
            "2x3x3; [3]",
            "expected a gamma of [2], found [3]",
        ),
        (
            layer_norm,
            "2x3x3; [2]; [2, 1, 1]",
            "expected a beta of [2], found [2, 1, 1]",
        ),
        (
            linear(false),
            "v6; [6]",
            "expected a weight of 2 dimensions, found [6]",
        ),
        (
            linear(false),
            "v6; [4, 5]",
            "expected 5 values, found 6x1x1",
        ),
        (
            linear(false),
            "6x2x2; [4, 24]",
            "expected a vector of 24, found 6x2x2",
        ),
        (
            linear(true),
            "6x2x2; [4, 6]",
            "expected 6 values, found 6x2x2",
        ),
        (
            linear(true),
            "6x2x2; [4, 24]; [5]",
            "expected a bias of [4], found [5]",
        ),
    ]);
}

#[test]
fn channels_and_extents_that_do_not_add_up() {
    let split = |channels: &[usize]| {
        Op::Split(Split {
            channels: channels.to_vec(),
        })
    };
    let reshape = |extents: &[usize]| {
        Op::Reshape(Reshape {
            dims: Dims::new(extents).unwrap(),
        })
    };
    let transpose = |axes: &[usize]| {
        Op::Transpose(Transpose {
            axes: axes.to_vec(),
        })
    };
    let slice = |axes: &[(usize, isize, usize)]| {
        let axes = axes
            .iter()
            .map(|&(begin, step, count)| SliceAxis { begin, step, count });
        Op::Slice(Slice {
            axes: axes.collect(),
        })
    };
    let expand = |extents: &[usize]| {
        Op::Expand(Expand {
            dims: Dims::new(extents).unwrap(),
        })
    };
    let parts = "expected parts of at least 1 channel that make 6, found";
    expect_refused(&[
        (split(&[]), "6x2x2", &format!("{parts} []")),
        (split(&[6, 0]), "6x2x2", &format!("{parts} [6, 0]")),
        (split(&[3, 2]), "6x2x2", &format!("{parts} [3, 2]")),
        (
            split(&[usize::MAX, 7]),
            "v6",
            &format!("{parts} [18446744073709551615, 7]"),
        ),
        (
            transpose(&[0, 1]),
            "6x2x2",
            "expected a permutation of the 3 axes of 6x2x2, found [0, 1]",
        ),
        (
            transpose(&[0, 2, 2]),
            "6x2x2",
            "expected a permutation of the 3 axes of 6x2x2, found [0, 2, 2]",
        ),
        (
            transpose(&[1, 2, 3]),
            "6x2x2",
            "expected a permutation of the 3 axes of 6x2x2, found [1, 2, 3]",
        ),
        (
            transpose(&[usize::MAX]),
            "v6",
            "expected a permutation of the 1 axes of 6x1x1, found [18446744073709551615]",
        ),
        (
            slice(&[(0, 1, 6), (0, 1, 2)]),
            "6x2x2",
            "expected at least 1 value within each axis of 6x2x2, found [0+6, 0+2]",
        ),
        (
            slice(&[(0, 1, 0)]),
            "v6",
            "expected at least 1 value within each axis of 6x1x1, found [0+0]",
        ),
        (
            slice(&[(5, 1, 2)]),
            "v6",
            "expected at least 1 value within each axis of 6x1x1, found [5+2]",
        ),
        (
            slice(&[(1, -1, 3)]),
            "v6",
            "expected at least 1 value within each axis of 6x1x1, found [1+3(-1)]",
        ),
        (
            slice(&[(6, 0, 1)]),
            "v6",
            "expected at least 1 value within each axis of 6x1x1, found [6+1(0)]",
        ),
        (
            slice(&[(0, isize::MAX, usize::MAX)]),
            "v6",
            "expected at least 1 value within each axis of 6x1x1, found [0+18446744073709551615(9223372036854775807)]",
        ),
        (
            expand(&[6, 2, 3]),
            "6x2x2",
            "expected a value that repeats to [6, 2, 3], found 6x2x2",
        ),
        (
            expand(&[2]),
            "6x2x2",
            "expected a value that repeats to [2], found 6x2x2",
        ),
        (reshape(&[5]), "6x2x2", "expected 24 values, found 5x1x1"),
        (
            reshape(&[2, 2]),
            "[6]",
            "expected 6 values, found f32[2, 2]",
        ),
        (
            reshape(&[1; 8]),
            "v1",
            "expected at most 8 dimensions, found [1, 1, 1, 1, 1, 1, 1, 1, 1]",
        ),
        (
            Op::Concat(Concat),
            "2147483647x1x1; 1x1x1",
            "expected dimensions from 1 to below 2^31, found [1, 2147483648, 1, 1]",
        ),
        (
            Op::Flatten(Flatten),
            "65536x32768x1",
            "expected dimensions from 1 to below 2^31, found [1, 2147483648]",
        ),
        (
            sum_of(2),
            "3x2x2; 2x1x1",
            "[1, 3, 2, 2] and [1, 2, 1, 1] do not broadcast",
        ),
        (
            sum_of(2),
            "[2]; i32[2]",
            "operands must have the same element type, found f32[2] and i32[2]",
        ),
        (
            sum_of(2),
            "3x2x2; v2",
            "the images of a vector of 2 do not broadcast with the other operands",
        ),
        (
            sum_of(2),
            "3x2x2; [5, 3, 2, 2]",
            "the images of f32[5, 3, 2, 2] do not broadcast with the other operands",
        ),
        (
            sum_of(2),
            "3x2x2; [2, 1, 1, 1, 1]",
            "the images of 3x2x2 do not broadcast with the other operands",
        ),
        (
            sum_of(2),
            "[2097152, 1]; [1048576]",
            "expected at most 2^40 values, found [2097152, 1048576]",
        ),
    ]);
}
