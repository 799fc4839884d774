//! Packing the weight of a 3x3 convolution for the products of Winograd's algorithm
//! ([`super::packing::Packing::Winograd`]). Each window is read once, and gives the weights of all products.

use std::ops::Range;

use super::conv_layout::{ROWS, TILE};
use super::{QUAD, quads};
use crate::error::Result;
use crate::graph::winograd::{PRODUCTS, weights_of};

/// Number of values of a window.
const WINDOW: usize = 9;

/// Output channels of a tile, whose windows are transformed together: the host's vector instructions compute several of them
/// at once, and a row of the packed tile is written as a whole.
const LANES: usize = TILE * QUAD;

/// Extents of the packed weights.
#[derive(Clone, Copy)]
pub(super) struct WinogradLayout {
    in_channels: usize,
    /// Tiles of output channels.
    pub(super) tiles: usize,
}

impl WinogradLayout {
    pub(super) fn new(in_channels: usize, out_channels: usize) -> Self {
        Self {
            in_channels,
            tiles: quads(out_channels).div_ceil(TILE),
        }
    }

    /// Quads of a tile of a product, without biases.
    fn tile(&self) -> usize {
        self.in_channels.next_multiple_of(ROWS) * TILE
    }

    /// Number of quads. After the tiles of all products, there is a row of biases for each, which are zero.
    pub(super) fn quads(&self) -> usize {
        PRODUCTS * self.tiles * (self.tile() + TILE)
    }

    /// Number of quads of all products for one tile of output channels.
    pub(super) fn quads_of_tile(&self) -> usize {
        PRODUCTS * self.tile()
    }

    /// Packs the weights of `outputs`. `read` returns a range of the values of the convolution's weight.
    pub(super) fn pack(
        &self,
        outputs: Range<usize>,
        read: impl Fn(Range<usize>) -> Result<Vec<f32>>,
        packed: &mut [[f32; QUAD]],
    ) -> Result<()> {
        let length = self.in_channels * WINDOW;
        for tile in 0..self.tiles {
            let begin = outputs.start + tile * LANES;
            let end = outputs.end.min(begin + LANES);
            let filters = read(begin * length..end * length)?;
            for channel in 0..self.in_channels {
                // The window of each output channel of the tile. Those that only fill it up are zero.
                let mut windows = [[0.0; LANES]; WINDOW];
                for (out, filter) in filters.chunks_exact(length).enumerate() {
                    let window = &filter[channel * WINDOW..][..WINDOW];
                    for (values, &value) in windows.iter_mut().zip(window) {
                        values[out] = f64::from(value);
                    }
                }
                let weights = weights_of(&windows);
                for (product, weights) in weights.as_flattened().iter().enumerate() {
                    let first = (product * self.tiles + tile) * self.tile() + channel * TILE;
                    let row = packed[first..][..TILE].as_flattened_mut();
                    for (packed, &weight) in row.iter_mut().zip(weights) {
                        *packed = weight as f32;
                    }
                }
            }
        }
        Ok(())
    }

    /// Where the quads of a piece of `count` tiles from `first` on are in the whole: for each run of quads, its begin in the whole
    /// and its range in the piece.
    pub(super) fn runs(&self, first: usize, count: usize) -> Vec<(usize, Range<usize>)> {
        let (tile, all) = (self.tile(), PRODUCTS * self.tiles * self.tile());
        let weights = (0..PRODUCTS).map(|product| {
            let begin = (product * self.tiles + first) * tile;
            (begin, product * count * tile..(product + 1) * count * tile)
        });
        let piece = PRODUCTS * count * tile;
        let biases = (0..PRODUCTS).map(|product| {
            let begin = all + (product * self.tiles + first) * TILE;
            let quads = piece + product * count * TILE..piece + (product + 1) * count * TILE;
            (begin, quads)
        });
        weights.chain(biases).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::packing::Packing;

    #[test]
    fn pieces_are_those_of_the_transformed_weight() {
        // More than one piece, and a last tile that is not full.
        let [in_channels, out_channels] = [100, 265];
        let count = in_channels * out_channels;
        let weight: Vec<f32> = (0..count * WINDOW)
            .map(|index| (index % 97) as f32)
            .collect();
        let mut transformed = vec![0.0; PRODUCTS * count];
        for (index, window) in weight.as_chunks::<WINDOW>().0.iter().enumerate() {
            let weights = weights_of(&window.map(|value| [f64::from(value)]));
            for (product, [value]) in weights.as_flattened().iter().enumerate() {
                transformed[product * count + index] = *value as f32;
            }
        }
        let products = Packing::Conv {
            groups: PRODUCTS,
            merged: false,
            transposed: false,
            taps: 1,
            in_each: in_channels,
            outputs: 0..PRODUCTS * out_channels,
            bias: false,
        };
        let mut expected = Vec::new();
        let read = |_, range: Range<usize>| Ok(transformed[range].to_vec());
        products.pack(read, &mut expected).unwrap();

        let packing = Packing::Winograd {
            in_channels,
            outputs: 0..out_channels,
        };
        assert_eq!(packing.quads(), expected.len());
        let pieces = packing.pieces();
        assert!(pieces.len() > 1);
        let mut found = vec![[f32::NAN; QUAD]; expected.len()];
        for piece in pieces {
            let mut packed = Vec::new();
            let read = |_, range: Range<usize>| Ok(weight[range].to_vec());
            piece.pack(read, &mut packed).unwrap();
            for run in piece.runs() {
                let quads = &packed[run.quads.clone()];
                found[run.begin..][..quads.len()].copy_from_slice(quads);
            }
        }
        assert_eq!(found, expected);
    }
}
