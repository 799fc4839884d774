//! Networks of the zoo as tests run them.

use menagerie::graph::Graph;
use menagerie::passes::{PassSet, optimize};
use menagerie::zoo;

/// The network `name` for its usual input, as it is published.
pub fn published(name: &str) -> Graph {
    zoo::find(name).unwrap().graph().unwrap()
}

/// The same after all passes.
pub fn optimized(name: &str) -> Graph {
    optimized_with(name, &PassSet::all())
}

/// The same after these passes.
pub fn optimized_with(name: &str, passes: &PassSet) -> Graph {
    optimize(&published(name), passes).unwrap()
}
