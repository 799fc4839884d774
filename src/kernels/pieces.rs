//! Packing parameters in pieces. The host never holds all of a long tensor, and several threads can pack it.

use std::ops::Range;

use super::QUAD;
use super::packing::{Packing, TILE};
use crate::error::Result;

/// Most quads of a piece, unless a single tile has more: 4 MiB.
pub(super) const LONGEST: usize = 1 << 18;

/// A part of packed parameters.
pub struct Piece {
    packing: Packing,
    runs: Vec<Run>,
}

/// Quads of a piece that are contiguous in the whole.
pub struct Run {
    /// Offset of the first one in the whole.
    pub begin: usize,
    /// Their range in the piece.
    pub quads: Range<usize>,
}

impl Packing {
    /// The pieces of the packing.
    pub fn pieces(&self) -> Vec<Piece> {
        let length = self.quads();
        let whole = || {
            let run = Run {
                begin: 0,
                quads: 0..length,
            };
            vec![Piece {
                packing: self.clone(),
                runs: vec![run],
            }]
        };
        if length <= LONGEST {
            return whole();
        }
        if let (
            Packing::Winograd {
                in_channels,
                outputs,
            },
            Some(layout),
        ) = (self, self.winograd_layout())
        {
            let at_once = (LONGEST / layout.quads_of_tile()).max(1);
            let firsts = (0..layout.tiles).step_by(at_once);
            let piece = |first: usize| {
                let begin = outputs.start + first * TILE * QUAD;
                let end = outputs.end.min(begin + at_once * TILE * QUAD);
                let runs = layout.runs(first, at_once.min(layout.tiles - first));
                let runs = runs.into_iter();
                Piece {
                    packing: Packing::Winograd {
                        in_channels: *in_channels,
                        outputs: begin..end,
                    },
                    runs: runs.map(|(begin, quads)| Run { begin, quads }).collect(),
                }
            };
            return firsts.map(piece).collect();
        }
        let (Packing::Conv { outputs, .. }, Some(layout)) = (self, self.conv_layout()) else {
            return whole();
        };
        let tile = layout.rows * TILE;
        let tiles_at_once = (LONGEST / tile).max(1);
        let firsts = (0..layout.tiles).step_by(tiles_at_once);
        let pieces: Option<Vec<Piece>> = firsts
            .map(|first| {
                let tiles = tiles_at_once.min(layout.tiles - first);
                let begin = outputs.start + first * TILE * QUAD;
                let end = outputs.end.min(begin + tiles * TILE * QUAD);
                Some(Piece {
                    packing: self.part(begin..end)?,
                    // Biases follow the weights: in the piece those of the piece, in the whole those of all tiles.
                    runs: vec![
                        Run {
                            begin: first * tile,
                            quads: 0..tiles * tile,
                        },
                        Run {
                            begin: layout.tiles * tile + first * TILE,
                            quads: tiles * tile..tiles * (tile + TILE),
                        },
                    ],
                })
            })
            .collect();
        pieces.unwrap_or_else(whole)
    }
}

impl Piece {
    /// Replaces `packed` by the quads of the piece. `read(operand, range)` returns a range of the values of an operand.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn pack(
        &self,
        read: impl Fn(usize, Range<usize>) -> Result<Vec<f32>>,
        packed: &mut Vec<[f32; QUAD]>,
    ) -> Result<()> {
        self.packing.pack(read, packed)
    }

    /// Where its quads are in the whole.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }
}
