//! `menagerie summary`: layers, shapes and parameters, counted in the same way as in Keras, and the inputs and outputs.

use std::io::Write;

use clap::Args;
use menagerie::Network;
use menagerie::graph::Summary;
use serde_json::json;

use super::arguments::SizeArgument;
use super::output::{self, Failure};
use super::ports;

/// Print every layer of a network with its output shape and parameters
#[derive(Args)]
pub struct SummaryCommand {
    /// Name of the network, or the path of an ONNX file
    model: String,
    #[command(flatten)]
    size: SizeArgument,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl SummaryCommand {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let mut network = self.size.apply(Network::builder(&self.model));
        let graph = network.graph()?;
        let (summary, signature) = (Summary::of(&graph), graph.signature());
        if self.json {
            let layers: Vec<_> = summary
                .layers
                .iter()
                .map(|layer| {
                    json!({
                        "name": layer.name,
                        "kind": layer.kind,
                        "output_shape": layer.extents,
                        "parameters": layer.parameters,
                    })
                })
                .collect();
            let value = json!({
                "model": summary.name,
                "inputs": ports::value(&signature.inputs),
                "outputs": ports::value(&signature.outputs),
                "layers": layers,
                "total": summary.total(),
                "trainable": summary.trainable,
                "non_trainable": summary.fixed,
            });
            return output::json(out, &value);
        }
        write!(out, "{summary}")?;
        writeln!(out, "Inputs: {}", ports::listed(&signature.inputs))?;
        writeln!(out, "Outputs: {}", ports::listed(&signature.outputs))?;
        Ok(())
    }
}
