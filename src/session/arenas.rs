//! Where packed parameters live: a few arenas that fill up one behind the other, since thousands of
//! small allocations cost more than they hold.

use crate::program::Recipe;

/// Length that an arena of several parameters has at most, in `vec4<f32>`: 32 MiB. A driver that clears memory
/// before its first use then clears one while the host packs for another.
const LONGEST_SHARED: usize = 1 << 21;

/// Where a recipe's parameters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArenaPlace {
    /// Index of the arena.
    pub arena: usize,
    /// First `vec4<f32>` in the arena.
    pub offset: usize,
}

/// The places of a program's packed parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arenas {
    /// Of each recipe.
    pub places: Vec<ArenaPlace>,
    /// Length of each arena in `vec4<f32>`.
    pub lengths: Vec<usize>,
}

impl Arenas {
    /// Places for `recipes` where no arena may be longer than `most`.
    pub fn of(recipes: &[Recipe], most: usize) -> Self {
        let mut arenas = Self::default();
        for recipe in recipes {
            let quads = recipe.packing.quads();
            let longest = most.min(LONGEST_SHARED);
            let fits = (arenas.lengths.last()).is_some_and(|used| used + quads <= longest);
            if !fits {
                arenas.lengths.push(0);
            }
            let arena = arenas.lengths.len() - 1;
            let offset = arenas.lengths[arena];
            arenas.lengths[arena] += quads;
            arenas.places.push(ArenaPlace { arena, offset });
        }
        arenas
    }
}
