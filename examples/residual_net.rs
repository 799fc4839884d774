//! A network of one's own: two convolutions around which the image is passed, and two dense layers.
//!
//!     cargo run --release --example residual_net [weights.safetensors]
use std::path::Path;

use menagerie::Result;
use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::graph::{Conv, Graph, Summary, Window, network};
use menagerie::passes::{PassSet, optimize};
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};

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
    let graph = residual_net(128, 10)?;
    print!("{}", Summary::of(&graph));

    let weights = match std::env::args().nth(1) {
        Some(path) => Weights::open(Path::new(&path))?,
        None => Weights::synthetic(0),
    };
    let gpu = Gpu::open(&AdapterChoice::Default)?;
    let graph = optimize(&graph, &PassSet::all())?;
    let mut session = Session::new(&gpu, &graph, &weights, &SessionOptions::default())?;
    let answer = session.run(&synthetic_input(0, 1, session.input_shape()))?;
    println!("\n{} on {}:", graph.name(), gpu.description());
    for (class, score) in answer.data().iter().enumerate() {
        println!("{class}: {score:.5}");
    }
    Ok(())
}
