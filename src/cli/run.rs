//! `menagerie run`: raw tensors in, raw tensors out, to check against other frameworks.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use menagerie::tensor::Shape;
use menagerie::{Tensor, passes, tensor_file, whole_file, zoo};
use serde_json::json;

use super::arguments::{AdapterArgument, PassArguments};
use super::executor::Executor;
use super::output::{self, Failure, one_line};
use super::weights::WeightsArguments;

/// Images that go through at once: enough to keep a GPU busy, few enough to fit its memory.
const BATCH: usize = 16;

/// Run a network on the tensor of a file
#[derive(Args)]
pub struct Run {
    /// Name of the network
    model: String,
    #[command(flatten)]
    weights: WeightsArguments,
    /// Safetensors file with the tensor `input`: f32, NCHW, any batch
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
        let model = zoo::find(&self.model)?;
        let passes = self.passes.set()?;
        whole_file::check(&self.output)?;
        let input = tensor_file::read(&self.input, "input")?;
        let weights = self.weights.source(model)?.open(model)?;
        let graph = model.graph_of(input.shape(), &weights)?;
        let graph = passes::optimize(&graph, &passes)?;
        let batch = input.batch().min(BATCH);
        let mut executor = Executor::open(&self.adapter.choice(), &graph, &weights, batch)?;
        let started = Instant::now();
        let answer = in_batches(&mut executor, &input, graph.output_shape()?, batch)?;
        let milliseconds = started.elapsed().as_secs_f64() * 1e3;
        tensor_file::write(&self.output, &answer, "output")?;

        let shape = answer.shape();
        if self.json {
            let value = json!({
                "model": model.name,
                "adapter": executor.describe(),
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
            model.name,
            executor.describe(),
            answer.batch(),
            one_line(&self.output.to_string_lossy()),
        )?;
        Ok(())
    }
}

/// Runs an input of any batch on an executor for `batch` images.
fn in_batches(
    executor: &mut Executor,
    input: &Tensor,
    output_shape: Shape,
    batch: usize,
) -> menagerie::Result<Tensor> {
    let mut answers = Vec::with_capacity(input.batch() * output_shape.elements());
    for images in input.data().chunks(batch * input.shape().elements()) {
        let count = images.len() / input.shape().elements();
        let part = Tensor::new(count, input.shape(), images.to_vec())?;
        answers.extend_from_slice(executor.run(&part)?.data());
    }
    Tensor::new(input.batch(), output_shape, answers)
}
