//! What operations, networks and dispatches cost: operations, and bytes that are moved.

mod case;
mod convolution;
mod dispatches;
mod movement;
mod networks;
mod operations;
mod pointwise;
mod pooling;
mod vectors;
