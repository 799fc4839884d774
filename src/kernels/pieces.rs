//! Parameters packed piece by piece, so that the host never holds all of a long tensor, and several threads pack it.

use std::ops::Range;

use super::GROUP;
use super::packing::{Packed, TILE};
use crate::error::Result;
use crate::graph::{Graph, ParameterId};

/// Number of `vec4<f32>` that a piece has at most, unless a tile alone has more: 4 MiB.
const LONGEST: usize = 1 << 18;

/// A part of packed parameters.
pub struct Piece {
    packed: Packed,
    runs: Vec<Run>,
}

/// Texels of a piece that lie side by side in the whole.
pub struct Run {
    /// Where they begin in the whole.
    pub begin: usize,
    /// Which of the piece's they are.
    pub texels: Range<usize>,
}

impl Packed {
    /// The pieces that it is packed in.
    pub fn pieces(&self, graph: &Graph) -> Vec<Piece> {
        let length = self.texels(graph);
        let (channels, layout) = match (self, self.conv_layout(graph)) {
            (
                Packed::Conv {
                    groups: 1,
                    transposed: false,
                    outputs,
                    ..
                },
                Some(layout),
            ) if length > LONGEST => (outputs.clone(), layout),
            _ => {
                let run = Run {
                    begin: 0,
                    texels: 0..length,
                };
                return vec![Piece {
                    packed: self.clone(),
                    runs: vec![run],
                }];
            }
        };
        let tile = layout.rows * TILE;
        let tiles_at_once = (LONGEST / tile).max(1);
        let firsts = (0..layout.tiles).step_by(tiles_at_once);
        firsts
            .map(|first| {
                let tiles = tiles_at_once.min(layout.tiles - first);
                let begin = channels.start + first * TILE * GROUP;
                let end = channels.end.min(begin + tiles * TILE * GROUP);
                Piece {
                    packed: self.part(begin..end),
                    // Biases come behind the weights, here those of the piece, there those of all.
                    runs: vec![
                        Run {
                            begin: first * tile,
                            texels: 0..tiles * tile,
                        },
                        Run {
                            begin: layout.tiles * tile + first * TILE,
                            texels: tiles * tile..tiles * (tile + TILE),
                        },
                    ],
                }
            })
            .collect()
    }
}

impl Piece {
    /// Replaces `texels` by its own, given the values of a range of each parameter's elements.
    ///
    /// # Errors
    /// Those of `elements`.
    pub fn pack(
        &self,
        graph: &Graph,
        elements: impl Fn(ParameterId, Range<usize>) -> Result<Vec<f32>>,
        texels: &mut Vec<[f32; GROUP]>,
    ) -> Result<()> {
        self.packed.pack(graph, elements, texels)
    }

    /// Where its texels go.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }
}
