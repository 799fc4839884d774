//! Every kernel against the reference implementation of its operation, over random shapes.

#[path = "../common/mod.rs"]
mod common;

mod canaries;
mod case;
mod convolution;
mod coverage;
mod maps;
mod movement;
mod pointwise;
mod pooling;
mod vectors;
