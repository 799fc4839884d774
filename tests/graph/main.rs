//! The graph: what it takes, what it refuses and in which words, and the arithmetic that its expressions stand for.

#[path = "../common/mod.rs"]
mod common;

mod activations;
mod builder;
mod conv_pairs;
mod ending;
mod pointwise;
mod random_calls;
mod refused_extents;
mod refused_inputs;
mod refused_nodes;
mod refused_numbers;
mod refused_windows;
mod shapes;
mod tensors;
mod types;
mod winograd;
