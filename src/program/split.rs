//! Operations whose packed parameters are larger than a binding. They are computed in parts: ranges of output
//! channels with the parameters of these channels. VGG-16's first linear layer has 411 MB of parameters, and WebGPU
//! guarantees bindings of 128 MiB.

use std::ops::Range;

use crate::kernels::packing::{Packing, TILE};
use crate::kernels::{QUAD, Site, View};

/// A range of output channels of an operation, as an operation of its own.
pub struct Part<'a> {
    /// The operation with only these output channels.
    pub site: Site<'a>,
    /// Its parameters, if it has any.
    pub packing: Option<Packing>,
    /// The range of the operation's output channels.
    pub channels: Range<usize>,
    /// Its inputs. A residual is restricted to these channels.
    pub inputs: Vec<View>,
    /// The part of the result with these channels, or all results if the operation is not split.
    pub outputs: Vec<View>,
}

/// Splits the operation of `site`, whose kernel packs its parameters as `packing`, into as few parts as possible,
/// of about equal size and with at most `most` `vec4<f32>` of parameters each. Returns one part if the operation
/// cannot be split, or if the parameters of a single tile exceed `most`.
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
            let channels =
                |(index, input): (usize, &View)| match index == 0 || site.is_before(index) {
                    true => *input,
                    false => input.channels(range.clone()),
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

/// Returns ranges of `channels` that begin at a tile and need at most `most` `vec4<f32>` of `packing` each. Returns
/// `None` if no split is needed, or if a single tile needs more.
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
