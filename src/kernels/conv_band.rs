//! Packing the filters of a convolution with groups ([`super::packing::Packing::Band`]).

use std::ops::Range;

use super::conv_layout::TILE;
use super::{QUAD, quads};
use crate::error::Result;

/// Which quads of input channels the quads of output channels read. All read the same number, so the weights of a quad may
/// contain zeros: if a group has fewer than four channels, or if groups begin inside a quad.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Band {
    /// Number of groups.
    pub groups: usize,
    /// Input channels of each group.
    pub in_each: usize,
    /// Output channels of each group.
    pub out_each: usize,
}

impl Band {
    /// Number of output channels.
    pub fn out_channels(&self) -> usize {
        self.groups * self.out_each
    }

    /// Number of quads of input channels that a quad of output channels reads.
    ///
    /// A quad of output channels is inside a group, or has the first channel of one. Those inside a group are all alike, and
    /// after `QUAD` groups all is as before.
    pub fn quads(&self) -> usize {
        let firsts = (0..self.groups.min(QUAD)).map(|group| group * self.out_each / QUAD);
        let all = quads(self.out_channels());
        let alike = firsts.flat_map(|first| first..all.min(first + 2));
        alike.map(|quad| self.width(quad)).max().unwrap_or(0)
    }

    /// Number of quads of input channels that a quad of output channels needs.
    fn width(&self, quad: usize) -> usize {
        let last_filter = self.out_channels().min((quad + 1) * QUAD) - 1;
        let last = (last_filter / self.out_each + 1) * self.in_each - 1;
        last / QUAD + 1 - self.earliest(quad)
    }

    /// The largest number of a first quad: that of quads whose channels are the last ones.
    pub fn last(&self) -> usize {
        quads(self.groups * self.in_each) - self.quads()
    }

    /// The quad in which the first input channel of a quad of output channels is.
    fn earliest(&self, quad: usize) -> usize {
        quad * QUAD / self.out_each * self.in_each / QUAD
    }

    /// Number of quads of a tile, without its biases.
    fn tile(&self, taps: usize) -> usize {
        taps * self.quads() * QUAD * TILE
    }

    fn tiles(&self) -> usize {
        quads(self.out_channels()).div_ceil(TILE)
    }

    /// Number of quads of the packed parameters for a window of `taps` taps.
    pub(super) fn packed(&self, taps: usize) -> usize {
        self.tiles() * (self.tile(taps) + TILE)
    }

    /// Packs the weight, a tile at a time. `values` reads a range of it.
    pub(super) fn scatter_weight(
        &self,
        taps: usize,
        values: impl Fn(Range<usize>) -> Result<Vec<f32>>,
        packed: &mut [[f32; QUAD]],
    ) -> Result<()> {
        let (width, last) = (self.quads(), self.last());
        let length = self.in_each * taps;
        for tile in 0..self.tiles() {
            let first = tile * TILE * QUAD;
            let filters = first..self.out_channels().min(first + TILE * QUAD);
            let weights = values(filters.start * length..filters.end * length)?;
            let packed = &mut packed[tile * self.tile(taps)..];
            for (filter, weights) in filters.zip(weights.chunks_exact(length)) {
                let quad = filter / QUAD;
                let begin =
                    filter / self.out_each * self.in_each - self.earliest(quad).min(last) * QUAD;
                for (index, &weight) in weights.iter().enumerate() {
                    let (channel, tap) = (index / taps, index % taps);
                    let row = tap * width * QUAD + begin + channel;
                    packed[row * TILE + quad % TILE][filter % QUAD] = weight;
                }
            }
        }
        Ok(())
    }

    /// Packs the bias, after all tiles.
    pub(super) fn scatter_bias(&self, taps: usize, bias: &[f32], packed: &mut [[f32; QUAD]]) {
        let biases = &mut packed[self.tiles() * self.tile(taps)..];
        for (channel, &value) in bias.iter().enumerate() {
            biases[channel / QUAD][channel % QUAD] = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_quad_reads_more_than_those_that_are_looked_at() {
        for groups in 1..14 {
            for (in_each, out_each) in (1..14).flat_map(|n| (1..14).map(move |m| (n, m))) {
                let band = Band {
                    groups,
                    in_each,
                    out_each,
                };
                let all = 0..quads(band.out_channels());
                assert_eq!(
                    Some(band.quads()),
                    all.map(|quad| band.width(quad)).max(),
                    "{band:?}"
                );
            }
        }
    }

    #[test]
    fn the_longest_extents_take_no_time() {
        let band = Band {
            groups: 1 << 20,
            in_each: 1,
            out_each: 1 << 40,
        };
        assert_eq!(band.quads(), 1);
    }
}
