//! Networks as most programs use them, on a GPU and on the reference executor: what they answer, on whose device, and
//! what they refuse.

#[path = "../common/mod.rs"]
mod common;

mod answers;
mod batches;
mod checkpoints;
mod explanations;
mod features;
mod finite;
mod futures;
mod masks;
mod own_graphs;
mod painting;
mod refusals;
mod self_tests;
mod sharing;
mod textures;

use std::sync::OnceLock;

use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::network::Device;
use menagerie::{Network, NetworkBuilder, Photo};

use common::photos::pixels_of;

/// The default adapter and the reference executor.
fn devices() -> [Device; 2] {
    [Device::Gpu(Box::new(gpu())), Device::Reference]
}

/// The default adapter, one device for all tests.
fn gpu() -> Gpu {
    static GPU: OnceLock<Gpu> = OnceLock::new();
    let open = || {
        Gpu::open(&AdapterChoice::Default)
            .expect("an adapter; Debian's mesa-vulkan-drivers has one for any machine")
    };
    GPU.get_or_init(open).clone()
}

/// A picture of the checkout.
fn photo(path: &str) -> Photo {
    let ([width, height], rgb) = pixels_of(path);
    Photo::new(width as usize, height as usize, rgb).unwrap()
}

/// What becomes of `builder`, where it cannot be loaded.
fn refusal(builder: NetworkBuilder<'_>) -> menagerie::Error {
    match builder.load() {
        Ok(network) => panic!("{network:?} was loaded"),
        Err(error) => error,
    }
}

/// The digits 0 to 9, each as a photo.
fn digits() -> Vec<Photo> {
    (0..10)
        .map(|digit| photo(&format!("samples/digits/digit_{digit}.png")))
        .collect()
}

/// The network `name` on `device`.
fn loaded(name: &str, device: &Device) -> Network {
    Network::builder(name)
        .device(device.clone())
        .load()
        .unwrap()
}
