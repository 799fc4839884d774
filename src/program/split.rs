//! Operations whose packed parameters are longer than a binding: each is computed in parts, ranges of its
//! output channels with the parameters that belong to them. VGG-16's first linear layer has 411 MB, and
//! WebGPU promises bindings of 128 MiB.

use std::ops::Range;

use super::{Variant, lower};
use crate::graph::{Graph, Op};
use crate::kernels::packing::{Packed, TILE};
use crate::kernels::{GROUP, View};

/// A range of output channels of an operation, as an operation of its own.
pub struct Part {
    /// The operation, with as many output channels.
    pub op: Op,
    /// Its parameters, where it has any.
    pub packed: Option<Packed>,
    /// Its inputs; of a residual, its channels.
    pub inputs: Vec<View>,
    /// Its channels of the output.
    pub output: View,
}

/// The operation `op`, computed by `variant`, in as few parts, about equal, as have at most `most` `vec4<f32>` of
/// parameters each: one, where it cannot be split or even a part of one tile is too long.
pub fn parts(
    graph: &Graph,
    op: &Op,
    variant: Option<Variant>,
    inputs: Vec<View>,
    output: View,
    most: usize,
) -> Vec<Part> {
    let packed = lower::packed(op, variant);
    let ranges = match &packed {
        Some(packed) if splits(op) => ranges(graph, packed, output.shape.channels, most),
        _ => Vec::new(),
    };
    if ranges.len() < 2 {
        return vec![Part {
            op: op.clone(),
            packed,
            inputs,
            output,
        }];
    }
    ranges
        .into_iter()
        .map(|range| Part {
            op: with_outputs(op, range.len()),
            packed: packed.as_ref().map(|packed| packed.part(range.clone())),
            inputs: inputs
                .iter()
                .enumerate()
                .map(|(index, input)| match index {
                    0 => *input,
                    _ => input.channels(range.clone()),
                })
                .collect(),
            output: output.channels(range),
        })
        .collect()
}

/// Ranges of the `channels` of which each begins with a tile and needs at most `most` `vec4<f32>` of
/// `packed`; none, where not even a tile does.
fn ranges(graph: &Graph, packed: &Packed, channels: usize, most: usize) -> Vec<Range<usize>> {
    const STEP: usize = TILE * GROUP;
    let steps = channels.div_ceil(STEP);
    let longest = match packed.texels(graph) <= most {
        true => steps,
        false => most / packed.part(0..STEP).texels(graph),
    };
    if longest == 0 {
        return Vec::new();
    }
    let count = steps.div_ceil(longest);
    let length = steps.div_ceil(count) * STEP;
    (0..channels)
        .step_by(length)
        .map(|first| first..channels.min(first + length))
        .collect()
}

/// Whether output channels are independent of each other and of any order but their own.
fn splits(op: &Op) -> bool {
    match op {
        Op::Conv2d(op) => op.groups == 1,
        Op::Linear(_) => true,
        _ => false,
    }
}

fn with_outputs(op: &Op, channels: usize) -> Op {
    let mut op = op.clone();
    match &mut op {
        Op::Conv2d(op) => op.out_channels = channels,
        Op::Linear(op) => op.out_features = channels,
        _ => {}
    }
    op
}
