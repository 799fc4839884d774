//! Where packed parameters live: a few arenas that fill up one behind the other, since thousands of
//! small allocations cost more than they hold.

use crate::graph::Graph;
use crate::kernels::packing::{Packed, PlacedWeights};

/// Length that an arena of several parameters has at most, in `vec4<f32>`: 32 MiB. A driver that clears memory
/// before its first use then clears one while the host packs for another.
const LONGEST_SHARED: usize = 1 << 21;

/// The packed parameters of a plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WeightArenas {
    /// All packed parameters.
    pub placed: Vec<PlacedWeights>,
    /// Length of each arena in `vec4<f32>`.
    pub arenas: Vec<usize>,
}

impl WeightArenas {
    /// Finds a place for `packed` where no arena may be longer than `most`. What is itself longer gets an
    /// arena of its own, for the plan to refuse.
    pub fn place(&mut self, graph: &Graph, packed: Packed, most: usize) -> &PlacedWeights {
        let texels = packed.texels(graph);
        let longest = most.min(LONGEST_SHARED);
        let last = self.arenas.last();
        let fits = last.is_some_and(|used| used + texels <= longest);
        if !fits {
            self.arenas.push(0);
        }
        let arena = self.arenas.len() - 1;
        let offset = self.arenas[arena];
        self.arenas[arena] += texels;
        self.placed.push(PlacedWeights {
            packed,
            arena,
            offset,
            texels,
        });
        &self.placed[self.placed.len() - 1]
    }

    /// Number of `vec4<f32>` in all arenas.
    pub fn texels(&self) -> usize {
        self.arenas.iter().sum()
    }
}
