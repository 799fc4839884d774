//! Operations whose packed parameters are longer than a binding: each is computed in parts, ranges of its
//! output channels with the parameters that belong to them. VGG-16's first linear layer has 411 MB, and
//! WebGPU promises bindings of 128 MiB.

use std::ops::Range;

use crate::kernels::packing::{Packing, TILE};
use crate::kernels::{QUAD, Site, View};

/// A range of output channels of an operation, as an operation of its own.
pub struct Part<'a> {
    /// The operation, with as many output channels.
    pub site: Site<'a>,
    /// Its parameters, where it has any.
    pub packing: Option<Packing>,
    /// Which of the operation's output channels they are.
    pub channels: Range<usize>,
    /// Its inputs; of a residual, its channels.
    pub inputs: Vec<View>,
    /// Its channels of the result, or all results.
    pub outputs: Vec<View>,
}

/// The operation of `site`, whose kernel wants its parameters as `packing`, in as few parts, about equal, as have at
/// most `most` `vec4<f32>` of parameters each: one, where it cannot be split or even a part of one tile is too long.
pub fn parts<'a>(
    site: Site<'a>,
    packing: Option<Packing>,
    inputs: Vec<View>,
    outputs: Vec<View>,
    most: usize,
) -> Vec<Part<'a>> {
    let split: Option<Vec<Part<'a>>> = packing.as_ref().and_then(|packing| {
        let ranges = ranges(packing, outputs[0].shape.channels, most)?.into_iter();
        let part = |range: Range<usize>| {
            let channels = |(index, input): (usize, &View)| match index {
                0 => *input,
                _ => input.channels(range.clone()),
            };
            Some(Part {
                site: site.part(range.clone())?,
                packing: Some(packing.part(range.clone())?),
                channels: range.clone(),
                inputs: inputs.iter().enumerate().map(channels).collect(),
                outputs: vec![outputs[0].channels(range)],
            })
        };
        ranges.map(part).collect()
    });
    split.unwrap_or_else(|| {
        vec![Part {
            channels: 0..outputs[0].shape.channels,
            site,
            packing,
            inputs,
            outputs,
        }]
    })
}

/// Ranges of the `channels` of which each begins with a tile and needs at most `most` `vec4<f32>` of `packing`; none,
/// where all of it does, or not even a tile.
fn ranges(packing: &Packing, channels: usize, most: usize) -> Option<Vec<Range<usize>>> {
    const STEP: usize = TILE * QUAD;
    if packing.quads() <= most {
        return None;
    }
    let steps = channels.div_ceil(STEP);
    let longest = most / packing.part(0..STEP)?.quads();
    let count = steps.div_ceil(Some(longest).filter(|&longest| longest > 0)?);
    let length = steps.div_ceil(count) * STEP;
    let firsts = (0..channels).step_by(length);
    let ranges = firsts.map(|first| first..channels.min(first + length));
    Some(ranges.collect())
}
