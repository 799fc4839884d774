//! The memory of packed parameters: a few large arenas of one format each, filled one after the other. Thousands of small allocations would
//! cost more memory than the parameters.

use crate::kernels::Format;
use crate::program::Recipe;

/// Most quads of an arena with several parameters: 32 MiB. Some drivers clear memory before its first use. They can clear
/// one arena while the host packs parameters for another.
const LONGEST_SHARED: usize = 1 << 21;

/// The place of a recipe's parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArenaPlace {
    /// Index of the arena.
    pub arena: usize,
    /// Offset in the arena, in quads.
    pub offset: usize,
}

/// The places of a program's packed parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arenas {
    /// Place of each recipe.
    pub places: Vec<ArenaPlace>,
    /// Length of each arena, in quads.
    pub lengths: Vec<usize>,
    /// Format of the quads of each arena.
    pub formats: Vec<Format>,
}

impl Arenas {
    /// Places for `recipes` in arenas of at most `most` quads.
    pub fn of(recipes: &[Recipe], most: usize) -> Self {
        let mut arenas = Self::default();
        for recipe in recipes {
            let (quads, format) = (recipe.packing.quads(), recipe.format);
            let longest = most.min(LONGEST_SHARED);
            // The last one of this format.
            let open = arenas.formats.iter().rposition(|own| *own == format);
            let open = open.filter(|&arena| arenas.lengths[arena] + quads <= longest);
            let arena = open.unwrap_or_else(|| {
                arenas.lengths.push(0);
                arenas.formats.push(format);
                arenas.lengths.len() - 1
            });
            let offset = arenas.lengths[arena];
            arenas.lengths[arena] += quads;
            arenas.places.push(ArenaPlace { arena, offset });
        }
        arenas
    }
}
