//! The packing of parameters: which operands a kernel reads, and in which order of quads. A packing is plain data in a
//! program and holds all extents of the operands. A session packs the parameters once.

use std::ops::Range;
use std::sync::Arc;

use super::conv_band::Band;
pub use super::conv_layout::{ROWS, TILE};
use super::winograd_packing::WinogradLayout;
use super::{QUAD, quads};
use crate::error::Result;
use crate::graph::Constant;

/// Outputs of a linear layer that are packed at once: 64 bytes.
const OUTPUTS_AT_ONCE: usize = 16;

/// The layout of the parameters of a kernel. Operand 0 is the weight, and operand 1, if there is one, the bias. Without
/// a bias, the biases are zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Packing {
    /// For each group of the convolution and each tile of [`TILE`] quads of output channels: one row of the tile for
    /// each tap and input channel. After all tiles, one row of biases for each tile. Taps are in row order. The number
    /// of rows is filled up with zeros to a multiple of [`ROWS`]. `[out, in / groups, height, width]` becomes
    /// `[group][out / 32][tap][in][out / 4 % 8]`.
    ///
    /// The rows of a tile are contiguous, so an invocation reads weights sequentially. If they were whole rows of a
    /// matrix apart, their addresses would fall into one set of the cache.
    Conv {
        /// Groups of the stored weight.
        groups: usize,
        /// Whether the groups are merged into one, with zeros between the channels of different groups.
        merged: bool,
        /// Whether the weight is that of a transposed convolution, `[in, out / groups, height, width]`.
        transposed: bool,
        /// Height times width; a linear layer's weight has one tap.
        taps: usize,
        /// Input channels of each stored group.
        in_each: usize,
        /// The output channels that are packed: all of them, unless a convolution of one group is split.
        outputs: Range<usize>,
        /// Whether there is a bias.
        bias: bool,
    },
    /// For each tile of [`TILE`] quads of output channels over all groups: one row of the tile for each tap and each input
    /// channel of the quads that it reads. After all tiles, one row of biases for each tile.
    /// `[out, in / groups, height, width]` becomes `[out / 32][tap][band][out / 4 % 8]`.
    Band {
        /// Which quads of input channels are read.
        band: Band,
        /// Height times width.
        taps: usize,
        /// Whether there is a bias.
        bias: bool,
    },
    /// One row of quads for each tap, then the biases: `[channels, 1, height, width]` becomes `[tap][channels / 4]`.
    Depthwise {
        /// Number of channels.
        channels: usize,
        /// Height times width.
        taps: usize,
        /// Whether there is a bias.
        bias: bool,
    },
    /// One row of quads of output features for each input feature, then the biases: `[out, in]` becomes
    /// `[in][out / 4]`.
    Linear {
        /// Length of the input.
        in_features: usize,
        /// The output features that are packed.
        outputs: Range<usize>,
        /// Whether there is a bias.
        bias: bool,
    },
    /// The quads of each pixel, one pixel after the other: `[channels, pixels]` becomes `[pixels][channels / 4]`.
    Pixels {
        /// Number of channels.
        channels: usize,
        /// Number of pixels.
        pixels: usize,
    },
    /// The weights of the products of Winograd's algorithm, packed as [`Packing::Conv`] does with 36 groups. The operand is the
    /// weight of the convolution: `[out, in, 3, 3]` becomes `[product][out / 32][in][out / 4 % 8]`.
    Winograd {
        /// Number of input channels.
        in_channels: usize,
        /// The output channels that are packed.
        outputs: Range<usize>,
    },
    /// Those of a pair of convolutions, one behind the other. The number is that of the operand that the packing calls 0.
    Pair([(usize, Box<Packing>); 2]),
    /// One row of quads for each operand, which has one value for each channel. An operand that is left out is zero.
    Rows {
        /// The channels that are packed.
        channels: Range<usize>,
        /// Number of operands.
        rows: usize,
    },
}

/// Reads a range of an operand's values.
pub(super) type Read<'a> = &'a dyn Fn(usize, Range<usize>) -> Result<Vec<f32>>;

impl Packing {
    /// Number of quads of the packed parameters.
    pub fn quads(&self) -> usize {
        match self {
            Packing::Conv { .. } => self.conv_layout().map_or(0, |layout| {
                layout.groups * layout.tiles * (layout.rows + 1) * TILE
            }),
            Packing::Band { band, taps, .. } => band.packed(*taps),
            Packing::Depthwise { channels, taps, .. } => (taps + 1) * quads(*channels),
            Packing::Linear {
                in_features,
                outputs,
                ..
            } => (in_features.next_multiple_of(QUAD) + 1) * quads(outputs.len()),
            Packing::Pixels { channels, pixels } => pixels * quads(*channels),
            Packing::Winograd { .. } => self.winograd_layout().map_or(0, |layout| layout.quads()),
            Packing::Pair(parts) => parts.iter().map(|(_, part)| part.quads()).sum(),
            Packing::Rows { channels, rows } => rows * quads(channels.len()),
        }
    }

    /// The packing of only the output channels `part`, which begins with a whole tile. Returns `None` if the packing has
    /// no separate output channels.
    pub fn part(&self, part: Range<usize>) -> Option<Self> {
        let mut packing = self.clone();
        match &mut packing {
            Packing::Conv {
                groups: 1,
                transposed: false,
                outputs,
                ..
            }
            | Packing::Linear { outputs, .. } => *outputs = part,
            _ => return None,
        }
        Some(packing)
    }

    /// Replaces `packed` by the packed parameters. `read(operand, range)` returns a range of the values of an operand.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn pack(
        &self,
        read: impl Fn(usize, Range<usize>) -> Result<Vec<f32>>,
        packed: &mut Vec<[f32; QUAD]>,
    ) -> Result<()> {
        packed.clear();
        packed.resize(self.quads(), [0.0; QUAD]);
        self.write(&read, packed)
    }

    /// Writes the packed parameters to `packed`, which is zero.
    fn write(&self, read: Read<'_>, packed: &mut [[f32; QUAD]]) -> Result<()> {
        match self {
            Packing::Conv { .. } => self.write_conv(read, packed),
            Packing::Band { band, taps, bias } => {
                band.scatter_weight(*taps, |range| read(0, range), packed)?;
                if *bias {
                    band.scatter_bias(*taps, &read(1, 0..band.out_channels())?, packed);
                }
                Ok(())
            }
            Packing::Depthwise {
                channels,
                taps,
                bias,
            } => {
                let pitch = quads(*channels);
                let weight = read(0, 0..channels * taps)?;
                for (index, weight) in weight.into_iter().enumerate() {
                    let (channel, tap) = (index / taps, index % taps);
                    packed[tap * pitch + channel / QUAD][channel % QUAD] = weight;
                }
                if *bias {
                    fill_row(&mut packed[taps * pitch..], &read(1, 0..*channels)?);
                }
                Ok(())
            }
            Packing::Linear {
                in_features,
                outputs,
                bias,
            } => {
                let pitch = quads(outputs.len());
                let weight = read(0, outputs.start * in_features..outputs.end * in_features)?;
                let values = packed.as_flattened_mut();
                // Several outputs at once, so that each write is a whole cache line.
                for first in (0..outputs.len()).step_by(OUTPUTS_AT_ONCE) {
                    let end = outputs.len().min(first + OUTPUTS_AT_ONCE);
                    for feature in 0..*in_features {
                        for out in first..end {
                            values[feature * pitch * QUAD + out] =
                                weight[out * in_features + feature];
                        }
                    }
                }
                if *bias {
                    let first = in_features.next_multiple_of(QUAD) * pitch;
                    fill_row(&mut packed[first..], &read(1, outputs.clone())?);
                }
                Ok(())
            }
            Packing::Winograd { outputs, .. } => match self.winograd_layout() {
                Some(layout) => layout.pack(outputs.clone(), |range| read(0, range), packed),
                None => Ok(()),
            },
            Packing::Pair(parts) => {
                let mut packed = packed;
                for (first, part) in parts {
                    let of_part = packed.split_off_mut(..part.quads());
                    let read = |operand, range| read(first + operand, range);
                    part.write(&read, of_part.unwrap_or_default())?;
                }
                Ok(())
            }
            Packing::Pixels { channels, pixels } => {
                let pitch = quads(*channels);
                for channel in 0..*channels {
                    let values = read(0, channel * pixels..(channel + 1) * pixels)?;
                    for (pixel, value) in values.into_iter().enumerate() {
                        packed[pixel * pitch + channel / QUAD][channel % QUAD] = value;
                    }
                }
                Ok(())
            }
            Packing::Rows { channels, rows } => {
                let pitch = quads(channels.len());
                for row in 0..*rows {
                    let values = read(row, channels.clone())?;
                    fill_row(&mut packed[row * pitch..], &values);
                }
                Ok(())
            }
        }
    }

    pub(super) fn winograd_layout(&self) -> Option<WinogradLayout> {
        match self {
            Packing::Winograd {
                in_channels,
                outputs,
            } => Some(WinogradLayout::new(*in_channels, outputs.len())),
            _ => None,
        }
    }

    /// The constants that are packed, of an operation with these `parameters`.
    pub(crate) fn operands(
        &self,
        parameters: &[Option<Arc<Constant>>],
    ) -> Vec<Option<Arc<Constant>>> {
        match (self, parameters) {
            (Packing::Winograd { .. }, [Some(weight), ..]) => match weight.as_ref() {
                Constant::Computed { inputs, .. } => inputs.clone(),
                _ => parameters.to_vec(),
            },
            _ => parameters.to_vec(),
        }
    }
}

fn fill_row(row: &mut [[f32; QUAD]], values: &[f32]) {
    for (channel, &value) in values.iter().enumerate() {
        row[channel / QUAD][channel % QUAD] = value;
    }
}
