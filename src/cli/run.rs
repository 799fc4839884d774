//! `menagerie run`: reads and writes raw tensors, for comparison with other frameworks.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use menagerie::{Network, tensor_file};
use serde_json::json;

use super::apart;
use super::arguments::{AdapterArgument, PassArguments};
use super::notices::notices_about_tensors;
use super::output::{self, Failure, one_line, warn};
use super::weights::WeightsArguments;

/// The largest batch: enough to keep a GPU busy, few enough to fit its memory.
const BATCH: usize = 16;

/// Run a network on a tensor from a file
#[derive(Args)]
pub struct Run {
    /// Name of the network, or the path of an ONNX file
    model: String,
    #[command(flatten)]
    weights: WeightsArguments,
    /// Safetensors file with the tensor `input`: f32, NCHW, any number of images
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// Safetensors file to write, with the tensor `output`
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    adapter: AdapterArgument,
    #[command(flatten)]
    passes: PassArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Run {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let network = Network::builder(&self.model);
        let network = self.weights.apply(network)?;
        network.find()?;
        let passes = self.passes.set()?;
        apart::check(&self.output, [&self.input])?;
        let input = tensor_file::read(&self.input, "input")?;
        let network = network
            .batch(input.batch().min(BATCH))
            .passes(passes)
            .size(input.shape().height, input.shape().width)
            .on_notice(notices_about_tensors(&self.model));
        let mut network = self.adapter.apply(network);
        let (network, answer) = match network.has_classifier()? {
            true => {
                let mut network = network.load()?;
                apart::check_run(&self.output, &network, &[])?;
                let answer = network.run(&input)?;
                (network, answer)
            }
            false => {
                warn(&format_args!(
                    "the weights of {} have no classifier; the output is its features",
                    network.network_name()
                ));
                let mut network = network.without_classifier().load()?;
                apart::check_run(&self.output, &network, &[])?;
                let answer = network.features_inputs(&input)?;
                (network, answer)
            }
        };
        let milliseconds = network.running_time().as_secs_f64() * 1e3;
        tensor_file::write(&self.output, &answer, "output")?;

        let shape = answer.shape();
        if self.json {
            let value = json!({
                "model": network.name(),
                "adapter": network.device().to_string(),
                "batch": answer.batch(),
                "output": self.output.to_string_lossy(),
                "output_shape": [shape.channels, shape.height, shape.width],
                "ms": milliseconds,
            });
            return output::json(out, &value);
        }
        writeln!(
            out,
            "{} on {}: {} x {shape} in {milliseconds:.1} ms, written to {}",
            network.name(),
            network.device(),
            answer.batch(),
            one_line(&self.output.to_string_lossy()),
        )?;
        Ok(())
    }
}
