//! The work of a kernel that computes a matrix product in tiles.

use super::matrix_conv::Extents;
use super::site::Site;
use super::view::Format;
use super::work::{Cooperation, OTHER_REGISTERS, Work, bytes, product, results};
use super::{Instance, QUAD};

/// The tiles of a matrix product, and the part of each invocation.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct MatrixTiles {
    /// Number of tiles.
    pub count: usize,
    /// Number of workgroups.
    pub workgroups: usize,
    /// Pixels of a tile.
    pub pixels: usize,
    /// Quads of output channels of a tile.
    pub quads: usize,
    /// Pixels of an invocation, whose sums are in registers.
    pub strip: usize,
    /// Quads of output channels of an invocation.
    pub block: usize,
    /// Number of invocations that share each sum.
    pub slices: usize,
    /// Quads of K between two waits for memory.
    pub step: usize,
    /// Barriers that an invocation reaches in a tile.
    pub barriers: usize,
    /// How invocations cooperate.
    pub cooperation: Cooperation,
}

impl Work {
    /// The work of a matrix product in tiles.
    #[doc(hidden)]
    pub fn tiled(
        site: &Site<'_>,
        extents: &Extents,
        instance: &Instance,
        tiles: MatrixTiles,
    ) -> Self {
        let MatrixTiles { strip, block, .. } = tiles;
        let size = instance.workgroup_size as usize;
        // Values of both matrices that a tile needs for each quad of K.
        let [a, b] = [tiles.pixels, QUAD * tiles.quads];
        // What the invocations of a tile read for each quad of K, if each reads its own operands.
        let invocations = (tiles.pixels * tiles.quads) / (strip * block);
        let own = invocations * (strip + QUAD * block);
        let weights = invocations * QUAD * block;
        let [loads, weights, taps, shared] = match tiles.cooperation {
            Cooperation::Staging => [a, b, a, own],
            Cooperation::Lanes => [a, weights, a, 0],
            Cooperation::Sums => [a, weights, a, invocations * strip],
            // The place of a tap is the same for all its quads, but neighbours read at distant places.
            Cooperation::Alone => {
                let loads = invocations * strip;
                [loads, weights, loads / 2, 0]
            }
        };
        let quads = extents.quads.next_multiple_of(tiles.step);
        let all = |count: usize| product([tiles.count, quads, count]);
        let results = results(site);
        // Neighbours of a workgroup read the same values, as those of a square do.
        let sharing = match tiles.cooperation {
            Cooperation::Alone => size.isqrt() as u64,
            _ => 1,
        };
        let format = Format::default();
        let (activation_bytes, _) = bytes(site);
        Self {
            multiply_adds: all(QUAD * QUAD * tiles.pixels * tiles.quads),
            matrix_multiply_adds: 0,
            reads: all(loads + weights),
            loads: all(loads),
            taps: match tiles.cooperation {
                Cooperation::Alone => all(taps) + all(strip) / extents.in_quads as u64,
                _ => all(taps),
            },
            turns: 0,
            shared_reads: match tiles.slices {
                1 => all(shared),
                // The partial sums.
                slices => all(shared) + product([2, results, slices]),
            },
            barriers: product([tiles.count, size, tiles.barriers]),
            writes: results as u64,
            workgroups: tiles.workgroups,
            workgroup_size: size,
            waits: (quads / tiles.step).div_ceil(tiles.slices),
            registers: OTHER_REGISTERS + QUAD * (strip * block + strip + block),
            workgroup_bytes: match tiles.cooperation {
                Cooperation::Staging => format.bytes(tiles.step * (a + b)),
                Cooperation::Sums => format.bytes(size),
                Cooperation::Lanes | Cooperation::Alone => 0,
            },
            activation_bytes,
            parameter_bytes: format.bytes(extents.parameters()),
            moved_bytes: format.quad_bytes().saturating_mul(all(a + b)) / sharing
                + format.bytes(results),
            cooperation: tiles.cooperation,
        }
    }
}
