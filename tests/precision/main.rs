//! Weights and activations that are stored in f16: what the answers are worth, what memory it takes, and what happens at
//! the ends of the range.

#[path = "../common/mod.rs"]
mod common;

mod layers;
mod matrix_units;
mod memory;
mod parity;
mod range;
mod stores;

use menagerie::network::Device;
use menagerie::program::Precision;
use menagerie::{Network, NetworkBuilder};

use common::device::devices;

/// The network `name` with synthetic weights, stored in f16, on the default adapter.
fn in_f16<'a>(name: &str) -> NetworkBuilder<'a> {
    let (_, gpu) = &devices()[0];
    Network::builder(name)
        .weights(menagerie::weights::Weights::synthetic(0))
        .device(Device::Gpu(Box::new(gpu.clone())))
        .precision(Precision::F16Storage)
}
