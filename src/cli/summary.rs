//! `menagerie summary`: layers, shapes and parameters, counted in the same way as in Keras.

use std::io::Write;

use clap::Args;
use menagerie::Network;
use menagerie::graph::Summary;
use serde_json::json;

use super::arguments::SizeArgument;
use super::output::{self, Failure};

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
        let summary = Summary::of(&network.graph()?);
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
                "layers": layers,
                "total": summary.total(),
                "trainable": summary.trainable,
                "non_trainable": summary.fixed,
            });
            return output::json(out, &value);
        }
        write!(out, "{summary}")?;
        Ok(())
    }
}
