//! Networks to try in a frame, and what records and awaits one.

use menagerie::gpu::Gpu;
use menagerie::graph::{Activation, image_network};
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Tensor, wgpu};

use crate::common::networks::optimized;

pub const SEED: u64 = 11;

pub fn session(gpu: &Gpu, name: &str, options: &SessionOptions) -> Session {
    Session::new(gpu, &optimized(name), &Weights::synthetic(SEED), options).unwrap()
}

pub fn alone(gpu: &Gpu, name: &str) -> Session {
    session(gpu, name, &SessionOptions::default())
}

pub fn input(session: &Session) -> Tensor {
    synthetic_input(SEED, 1, session.input_shape())
}

pub fn encoder(gpu: &Gpu) -> wgpu::CommandEncoder {
    gpu.device().create_command_encoder(&Default::default())
}

/// A network that answers with its input.
pub fn mirror(gpu: &Gpu, shape: Shape, batch: usize) -> Session {
    let graph = image_network("mirror", shape, |net, x| {
        net.activation("same", x, Activation::Identity)
    });
    let options = SessionOptions {
        batch,
        ..Default::default()
    };
    Session::new(gpu, &graph.unwrap(), &Weights::synthetic(0), &options).unwrap()
}

/// What an application's frame loop does, and no more.
pub fn poll(gpu: &Gpu) {
    gpu.device().poll(wgpu::PollType::Poll).unwrap();
}

pub fn wait(gpu: &Gpu) {
    let waited = gpu.device().poll(wgpu::PollType::wait_indefinitely());
    waited.unwrap();
}
