//! How kernels want their parameters: which tensors, in which order of texels. Plain data in a plan;
//! a session carries it out once.

use crate::error::Result;
use crate::graph::{Graph, ParameterId};
use crate::plan::{GROUP, groups};

/// Parameters laid out for a kernel.
#[derive(Clone, Debug, PartialEq)]
pub enum Packed {
    /// For each convolution group, a row of output groups for each tap and input channel; then the
    /// biases. Taps are in row order. `[out, in / groups, height, width]` becomes
    /// `[group][tap][in][out / 4]`.
    Conv {
        /// The weight.
        weight: ParameterId,
        /// The bias; none counts as zero.
        bias: Option<ParameterId>,
        /// Groups of the weight as it is stored.
        groups: usize,
        /// Whether several groups become one, with zeros between channels that do not see each other.
        dense: bool,
    },
    /// A row of channel groups for each tap, then the biases: `[channels, 1, height, width]` becomes
    /// `[tap][channels / 4]`.
    Depthwise {
        /// The weight.
        weight: ParameterId,
        /// The bias; none counts as zero.
        bias: Option<ParameterId>,
    },
    /// Three rows of channel groups: mean, `gamma / sqrt(variance + epsilon)`, beta.
    BatchNorm(crate::graph::BatchNormParameters),
}

impl Packed {
    /// Number of `vec4<f32>`.
    pub fn texels(&self, graph: &Graph) -> usize {
        match self {
            Packed::Conv { .. } => self.conv_layout(graph).map_or(0, |layout| {
                layout.groups * (layout.taps * layout.in_padded + 1) * layout.out_groups
            }),
            Packed::Depthwise { weight, .. } => {
                let shape = &graph.parameter(*weight).shape;
                (shape[2] * shape[3] + 1) * groups(shape[0])
            }
            Packed::BatchNorm(norm) => 3 * groups(graph.parameter(norm.gamma).shape[0]),
        }
    }

    /// The texels, given the values of each parameter.
    ///
    /// # Errors
    /// Those of `value`.
    pub fn pack(
        &self,
        graph: &Graph,
        value: impl Fn(ParameterId) -> Result<Vec<f32>>,
    ) -> Result<Vec<[f32; GROUP]>> {
        let mut texels = vec![[0.0; GROUP]; self.texels(graph)];
        match self {
            Packed::Conv { weight, bias, .. } => {
                if let Some(layout) = self.conv_layout(graph) {
                    layout.scatter_weight(&value(*weight)?, &mut texels);
                    if let Some(bias) = bias {
                        layout.scatter_bias(&value(*bias)?, &mut texels);
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
        Ok(texels)
    }

    fn conv_layout(&self, graph: &Graph) -> Option<ConvLayout> {
        let Packed::Conv {
            weight,
            groups: stored_groups,
            dense,
            ..
        } = self
        else {
            return None;
        };
        let shape = &graph.parameter(*weight).shape;
        // A matrix `[out, in]` is a kernel of one tap.
        let taps = shape[2..].iter().product();
        let groups_kept = if *dense { 1 } else { *stored_groups };
        let in_channels = shape[1] * stored_groups / groups_kept;
        Some(ConvLayout {
            groups: groups_kept,
            merged: stored_groups / groups_kept,
            taps,
            in_stored: shape[1],
            in_padded: in_channels.div_ceil(GROUP) * GROUP,
            out_channels: shape[0] / groups_kept,
            out_groups: groups(shape[0] / groups_kept),
        })
    }
}

/// Extents of a packed convolution, per group that the kernel sees.
struct ConvLayout {
    groups: usize,
    /// Stored groups that make up one of `groups`.
    merged: usize,
    taps: usize,
    in_stored: usize,
    in_padded: usize,
    out_channels: usize,
    out_groups: usize,
}

impl ConvLayout {
    fn scatter_weight(&self, weight: &[f32], texels: &mut [[f32; GROUP]]) {
        let per_group = self.taps * self.in_padded * self.out_groups;
        let out_per_stored_group = self.out_channels / self.merged;
        for (row, filter) in weight.chunks_exact(self.in_stored * self.taps).enumerate() {
            let (group, out) = (row / self.out_channels, row % self.out_channels);
            let first_in = out / out_per_stored_group * self.in_stored;
            let base = group * per_group + out / GROUP;
            for (channel, taps) in filter.chunks_exact(self.taps).enumerate() {
                for (tap, &value) in taps.iter().enumerate() {
                    let row = tap * self.in_padded + first_in + channel;
                    texels[base + row * self.out_groups][out % GROUP] = value;
                }
            }
        }
    }

    fn scatter_bias(&self, bias: &[f32], texels: &mut [[f32; GROUP]]) {
        let first = self.groups * self.taps * self.in_padded * self.out_groups;
        for (row, &value) in bias.iter().enumerate() {
            let (group, out) = (row / self.out_channels, row % self.out_channels);
            texels[first + group * self.out_groups + out / GROUP][out % GROUP] = value;
        }
    }
}

fn fill_row(row: &mut [[f32; GROUP]], values: &[f32]) {
    for (channel, &value) in values.iter().enumerate() {
        row[channel / GROUP][channel % GROUP] = value;
    }
}
