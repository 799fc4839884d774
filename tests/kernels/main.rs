//! Every kernel against the reference implementation of its operation: the cases of the one table, and random shapes.

#[path = "../common/mod.rs"]
mod common;

mod before;
mod canaries;
mod conv_pairs;
mod convolution;
mod coverage;
mod harness;
mod long;
mod maps;
mod movement;
mod pointwise;
mod pooling;
mod shapes;
mod table;
mod transposed;
mod vectors;
