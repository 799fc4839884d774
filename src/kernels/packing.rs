//! How kernels want their parameters: which tensors, in which order of texels. Plain data in a plan;
//! a session carries it out once.

use std::borrow::Cow;
use std::ops::Range;

use super::conv_layout::ConvLayout;
use super::{GROUP, groups};
use crate::error::Result;
use crate::graph::{Graph, ParameterId};

/// Output groups in a tile of convolution weights.
pub const TILE: usize = 8;
/// Rows of a tile are a multiple of this: the most that a kernel reads at once.
pub const ROWS: usize = 8;

/// Values of a weight that are read at once: few enough to stay in a core's own cache until they are packed.
pub(super) const VALUES_AT_ONCE: usize = 1 << 17;

/// Outputs of a linear layer that are packed at once: 64 bytes.
const OUTPUTS_AT_ONCE: usize = 16;

/// Parameters laid out for a kernel.
#[derive(Clone, Debug, PartialEq)]
pub enum Packed {
    /// For each convolution group and each tile of [`TILE`] output groups, a row of the tile for each tap
    /// and input channel; then a row of biases for each tile. Taps are in row order; rows are filled up
    /// with zeros to a multiple of [`ROWS`]. `[out, in / groups, height, width]` becomes
    /// `[group][out / 32][tap][in][out / 4 % 8]`.
    ///
    /// The rows of a tile lie behind each other so that an invocation reads weights from front to back:
    /// whole rows of a matrix apart, their addresses would fall into one set of the cache.
    Conv {
        /// The weight.
        weight: ParameterId,
        /// The bias; none counts as zero.
        bias: Option<ParameterId>,
        /// Groups of the weight as it is stored.
        groups: usize,
        /// Whether several groups become one, with zeros between channels that do not see each other.
        dense: bool,
        /// Whether the weight is stored as a transposed convolution's, `[in, out / groups, height, width]`.
        transposed: bool,
        /// The output channels that are packed: all, unless a convolution of one group is split.
        outputs: Range<usize>,
    },
    /// A row of channel groups for each tap, then the biases: `[channels, 1, height, width]` becomes
    /// `[tap][channels / 4]`.
    Depthwise {
        /// The weight.
        weight: ParameterId,
        /// The bias; none counts as zero.
        bias: Option<ParameterId>,
    },
    /// A row of output groups for each input feature, then the biases: `[out, in]` becomes `[in][out / 4]`.
    Linear {
        /// The weight.
        weight: ParameterId,
        /// The bias; none counts as zero.
        bias: Option<ParameterId>,
        /// The output features that are packed.
        outputs: Range<usize>,
    },
    /// Three rows of channel groups: mean, `gamma / sqrt(variance + epsilon)`, beta.
    BatchNorm(crate::graph::BatchNormParameters),
}

/// Packed parameters and their place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedWeights {
    /// What is packed.
    pub packed: Packed,
    /// Index of the arena.
    pub arena: usize,
    /// First `vec4<f32>` in the arena.
    pub offset: usize,
    /// Number of `vec4<f32>`.
    pub texels: usize,
}

impl Packed {
    /// Number of `vec4<f32>`.
    pub fn texels(&self, graph: &Graph) -> usize {
        match self {
            Packed::Conv { .. } => self.conv_layout(graph).map_or(0, |layout| {
                layout.groups * layout.tiles * (layout.rows + 1) * TILE
            }),
            Packed::Depthwise { weight, .. } => {
                let shape = &graph.parameter(*weight).shape;
                (shape[2] * shape[3] + 1) * groups(shape[0])
            }
            Packed::Linear {
                weight, outputs, ..
            } => {
                let shape = &graph.parameter(*weight).shape;
                (shape[1].next_multiple_of(GROUP) + 1) * groups(outputs.len())
            }
            Packed::BatchNorm(norm) => 3 * groups(graph.parameter(norm.gamma).shape[0]),
        }
    }

    /// The same for `part` of the output channels only, which begins with a whole tile; itself, where
    /// the parameters cannot be split.
    pub fn part(&self, part: Range<usize>) -> Self {
        let mut packed = self.clone();
        if let Packed::Conv { outputs, .. } | Packed::Linear { outputs, .. } = &mut packed {
            *outputs = part;
        }
        packed
    }

    /// Replaces `texels`, given the values of a range of each parameter's elements.
    ///
    /// # Errors
    /// Those of `elements`.
    pub fn pack(
        &self,
        graph: &Graph,
        elements: impl Fn(ParameterId, Range<usize>) -> Result<Vec<f32>>,
        texels: &mut Vec<[f32; GROUP]>,
    ) -> Result<()> {
        let value = |id: ParameterId| elements(id, 0..graph.parameter(id).elements());
        texels.clear();
        texels.resize(self.texels(graph), [0.0; GROUP]);
        match self {
            Packed::Conv {
                weight,
                bias,
                groups,
                transposed,
                outputs,
                ..
            } => {
                if let Some(layout) = self.conv_layout(graph) {
                    let length = layout.filter_length();
                    let all = outputs.start * length..outputs.end * length;
                    let whole = if *transposed {
                        let shape = &graph.parameter(*weight).shape;
                        Some(untransposed(&value(*weight)?, shape, *groups))
                    } else if all.len() <= VALUES_AT_ONCE {
                        Some(elements(*weight, all.clone())?)
                    } else {
                        None
                    };
                    let filters = |range: Range<usize>| match &whole {
                        Some(values) => Ok(Cow::Borrowed(&values[range])),
                        None => {
                            let (begin, end) = (all.start + range.start, all.start + range.end);
                            elements(*weight, begin..end).map(Cow::Owned)
                        }
                    };
                    layout.scatter_weight(filters, texels)?;
                    if let Some(bias) = bias {
                        layout.scatter_bias(&elements(*bias, outputs.clone())?, texels);
                    }
                }
            }
            Packed::Depthwise { weight, bias } => {
                let shape = &graph.parameter(*weight).shape;
                let (channels, taps) = (shape[0], shape[2] * shape[3]);
                let pitch = groups(channels);
                for (index, weight) in value(*weight)?.into_iter().enumerate() {
                    let (channel, tap) = (index / taps, index % taps);
                    texels[tap * pitch + channel / GROUP][channel % GROUP] = weight;
                }
                if let Some(bias) = bias {
                    fill_row(&mut texels[taps * pitch..], &value(*bias)?);
                }
            }
            Packed::Linear {
                weight,
                bias,
                outputs,
            } => {
                let in_features = graph.parameter(*weight).shape[1];
                let pitch = groups(outputs.len());
                let weight = elements(
                    *weight,
                    outputs.start * in_features..outputs.end * in_features,
                )?;
                let values = texels.as_flattened_mut();
                // Several outputs at once, so that what is written is a line of a cache.
                for first in (0..outputs.len()).step_by(OUTPUTS_AT_ONCE) {
                    let end = outputs.len().min(first + OUTPUTS_AT_ONCE);
                    for feature in 0..in_features {
                        for out in first..end {
                            values[feature * pitch * GROUP + out] =
                                weight[out * in_features + feature];
                        }
                    }
                }
                if let Some(bias) = bias {
                    let first = in_features.next_multiple_of(GROUP) * pitch;
                    fill_row(&mut texels[first..], &elements(*bias, outputs.clone())?);
                }
            }
            Packed::BatchNorm(norm) => {
                let pitch = groups(graph.parameter(norm.gamma).shape[0]);
                let (gamma, variance) = (value(norm.gamma)?, value(norm.variance)?);
                let scale: Vec<f32> = gamma
                    .iter()
                    .zip(&variance)
                    .map(|(&gamma, &variance)| {
                        (f64::from(gamma) / (f64::from(variance) + norm.epsilon).sqrt()) as f32
                    })
                    .collect();
                fill_row(&mut texels[..pitch], &value(norm.mean)?);
                fill_row(&mut texels[pitch..2 * pitch], &scale);
                fill_row(&mut texels[2 * pitch..], &value(norm.beta)?);
            }
        }
        Ok(())
    }

    pub(super) fn conv_layout(&self, graph: &Graph) -> Option<ConvLayout> {
        let Packed::Conv {
            weight,
            groups: stored_groups,
            dense,
            transposed,
            outputs,
            ..
        } = self
        else {
            return None;
        };
        let shape = &graph.parameter(*weight).shape;
        let in_stored = match transposed {
            true => shape[0] / stored_groups,
            false => shape[1],
        };
        // A linear layer's weight has no taps.
        let taps = shape[2..].iter().product();
        let groups_kept = if *dense { 1 } else { *stored_groups };
        let in_channels = in_stored * stored_groups / groups_kept;
        let in_padded = in_channels.next_multiple_of(GROUP);
        let out_channels = outputs.len() / groups_kept;
        Some(ConvLayout {
            groups: groups_kept,
            merged: stored_groups / groups_kept,
            taps,
            in_stored,
            in_padded,
            rows: (taps * in_padded).next_multiple_of(ROWS),
            out_channels,
            tiles: groups(out_channels).div_ceil(TILE),
        })
    }
}

/// From `[in, out / groups, height, width]` to `[out, in / groups, height, width]`.
fn untransposed(weight: &[f32], shape: &[usize], groups: usize) -> Vec<f32> {
    let (in_each, out_each, taps) = (shape[0] / groups, shape[1], shape[2] * shape[3]);
    let mut values = Vec::with_capacity(weight.len());
    for out in 0..groups * out_each {
        for channel in 0..in_each {
            let filter = (out / out_each * in_each + channel) * out_each + out % out_each;
            values.extend_from_slice(&weight[filter * taps..][..taps]);
        }
    }
    values
}

fn fill_row(row: &mut [[f32; GROUP]], values: &[f32]) {
    for (channel, &value) in values.iter().enumerate() {
        row[channel / GROUP][channel % GROUP] = value;
    }
}
