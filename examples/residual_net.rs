//! A network of one's own: two convolutions around which the image is passed, and two dense layers.
//!
//!     cargo run --release --example residual_net [weights.safetensors]
use std::path::Path;

use menagerie::graph::{Conv, Graph, Window, network};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Network, Result};

/// The network, whose hidden layer has `n_hidden` values and whose answer has `n_output`.
pub fn residual_net(n_hidden: usize, n_output: usize) -> Result<Graph> {
    network("residual_net", |net| {
        let x = net.image("x", Shape::new(32, 32, 32))?;
        let filters = Conv::new(32, 3).same_padding().bias();
        let conv1 = net.conv("conv1", x, filters)?;
        let conv1 = net.relu("relu1", conv1)?;
        let conv2 = net.conv("conv2", conv1, filters)?;
        let conv2 = net.relu("relu2", conv2)?;
        let sum = net.add("add", x, conv2)?;
        let pooled = net.max_pool("pool", sum, Window::square(2, 2))?;
        let flat = net.flatten("flatten", pooled)?;
        let hidden = net.linear("hidden", flat, n_hidden)?;
        let hidden = net.relu("relu3", hidden)?;
        let output = net.linear("output", hidden, n_output)?;
        net.output("output", output)
    })
}

fn main() -> Result<()> {
    let weights = match std::env::args().nth(1) {
        Some(path) => Weights::open(Path::new(&path))?,
        None => Weights::synthetic(0),
    };
    let mut network = Network::of_graph(residual_net(128, 10)?, weights).load()?;
    print!("{}", network.summary()?);

    let answer = network.run(&synthetic_input(0, 1, Shape::new(32, 32, 32)))?;
    println!("\n{} on {}:", network.name(), network.device());
    for (class, score) in answer.data().iter().enumerate() {
        println!("{class}: {score:.5}");
    }
    Ok(())
}
