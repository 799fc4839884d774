//! `menagerie run`: reads and writes raw tensors, for comparison with other frameworks.

use std::io::Write;

use clap::Args;
use menagerie::network::{LayerError, NetworkBuilder};
use menagerie::tensor::HostTensor;
use menagerie::{Network, Tensor};
use serde_json::json;

use super::apart;
use super::arguments::{AdapterArgument, DimensionArguments, PassArguments};
use super::layer_errors;
use super::notices::notices_about_tensors;
use super::output::{self, Failure, counted, one_line, warn};
use super::precision::PrecisionArguments;
use super::tensor_argument::{self, Side, TensorArgument};
use super::weights::WeightsArguments;

/// The largest batch: enough to keep a GPU busy, few enough to fit its memory.
const BATCH: usize = 16;

/// Run a network on tensors from files
#[derive(Args)]
pub struct Run {
    /// Name of the network, or the path of an ONNX file
    model: String,
    #[command(flatten)]
    weights: WeightsArguments,
    /// File with the tensor of an input: NumPy (.npy), safetensors or PyTorch. A network with several inputs takes
    /// NAME=FILE for each. Images have their channels first: NCHW, any number of images
    #[arg(long, value_name = "[NAME=]FILE", required = true)]
    input: Vec<TensorArgument>,
    /// File to write an output to: NumPy if it ends in .npy, else safetensors. Of a network with several outputs,
    /// NAME=FILE writes one; can be repeated
    #[arg(long, value_name = "[NAME=]FILE", required = true)]
    output: Vec<TensorArgument>,
    #[command(flatten)]
    dimensions: DimensionArguments,
    #[command(flatten)]
    adapter: AdapterArgument,
    #[command(flatten)]
    precision: PrecisionArguments,
    #[command(flatten)]
    passes: PassArguments,
    /// Compare the result of each layer with the same in f32, and name the layer where precision is lost first
    #[arg(long)]
    compare_precision: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What a run answered.
struct Answer {
    network: Network,
    images: usize,
    /// The outputs that are written, in the order of the arguments.
    outputs: Vec<Output>,
    /// The errors of the layers, if they were asked for.
    layers: Option<Vec<LayerError>>,
}

struct Output {
    name: String,
    array: HostTensor,
}

impl Run {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let network = self.weights.apply(Network::builder(&self.model))?;
        let network = self.dimensions.apply(network);
        network.find()?;
        let passes = self.passes.set()?;
        tensor_argument::check_files(&self.output)?;
        for output in &self.output {
            apart::check(&output.path, self.input.iter().map(|input| &input.path))?;
        }
        let arrays = self.input.iter().map(TensorArgument::read);
        let arrays: Vec<HostTensor> = arrays.collect::<Result<_, _>>()?;
        let mut network = network
            .passes(passes)
            .on_notice(notices_about_tensors(&self.model));
        for (argument, array) in self.input.iter().zip(&arrays) {
            network = network.input_extents(argument.name.as_deref(), array.dims());
        }
        let (name, signature) = (network.network_name(), network.signature()?);
        tensor_argument::named(&signature, Side::Output, &self.output)?;
        let named = tensor_argument::named(&signature, Side::Input, &self.input)?;
        let mut inputs = Vec::with_capacity(named.len());
        for (ty, array) in named.into_iter().zip(&arrays) {
            let tensor = ty.tensor(array).map_err(|error| error.in_context(&name))?;
            inputs.push((ty.name.as_str(), tensor));
        }
        let images = inputs.iter().map(|(_, tensor)| tensor.batch()).max();
        let network = network.batch(images.unwrap_or(1).min(BATCH));
        let mut network = self.precision.apply(self.adapter.apply(network));
        let answer = match network.has_classifier()? {
            true => self.answer(out, network, &inputs)?,
            false => self.features(network, &inputs)?,
        };
        for (argument, output) in self.output.iter().zip(&answer.outputs) {
            argument.write(&output.array)?;
        }
        self.print(out, &answer)
    }

    /// The outputs of `network` that were asked for.
    fn answer(
        &self,
        out: &mut dyn Write,
        network: NetworkBuilder<'_>,
        inputs: &[(&str, Tensor)],
    ) -> Result<Answer, Failure> {
        let mut network = network.load()?;
        self.check_output(&network)?;
        let named: Vec<(&str, &Tensor)> = inputs
            .iter()
            .map(|(name, tensor)| (*name, tensor))
            .collect();
        let mut layers = None;
        if self.compare_precision {
            let errors = network.layer_errors(&named)?;
            // Before the run, which fails if a layer leaves the range.
            if !self.json {
                layer_errors::text(out, &errors)?;
            }
            layers = Some(errors);
        }
        let found = match (network.run_named(&named), &layers) {
            (Err(error), Some(layers)) if self.json => {
                output::json(out, &json!({ "layers": layer_errors::value(layers) }))?;
                return Err(error.into());
            }
            (found, _) => found?,
        };
        // The weights of a network of the zoo determine the number of classes, so these may be other types than before.
        let signature = network.signature()?;
        let wanted = tensor_argument::named(&signature, Side::Output, &self.output)?;
        let mut outputs = Vec::with_capacity(wanted.len());
        for ty in wanted {
            let name = ty.name.clone();
            if let Some(tensor) = found.get(&name) {
                let array = ty.array(tensor)?;
                outputs.push(Output { name, array });
            }
        }
        Ok(Answer {
            images: inputs.first().map_or(0, |(_, tensor)| tensor.batch()),
            network,
            outputs,
            layers,
        })
    }

    /// The features of a network whose weights have no classifier.
    fn features(
        &self,
        network: NetworkBuilder<'_>,
        inputs: &[(&str, Tensor)],
    ) -> menagerie::Result<Answer> {
        warn(&format_args!(
            "the weights of {} have no classifier; the output is its features",
            network.network_name()
        ));
        let mut network = network.without_classifier().load()?;
        self.check_output(&network)?;
        let mut outputs = Vec::new();
        for (_, tensor) in inputs {
            let features = network.features_inputs(tensor)?;
            let extents = [features.batch(), features.shape().channels];
            outputs.push(Output {
                name: "features".to_owned(),
                array: HostTensor::new(&extents, features.into_data())?,
            });
        }
        Ok(Answer {
            images: inputs.first().map_or(0, |(_, tensor)| tensor.batch()),
            network,
            outputs,
            layers: None,
        })
    }

    /// Checks that no file of `network` is written.
    fn check_output(&self, network: &Network) -> menagerie::Result<()> {
        let mut outputs = self.output.iter();
        outputs.try_for_each(|output| apart::check_run(&output.path, network, &[]))
    }

    fn print(&self, out: &mut dyn Write, answer: &Answer) -> Result<(), Failure> {
        let Answer {
            network,
            images,
            outputs,
            layers,
        } = answer;
        let milliseconds = network.running_time().as_secs_f64() * 1e3;
        let written = self.output.iter().zip(outputs);
        if self.json {
            let written = written.map(|(argument, output)| {
                json!({
                    "name": output.name,
                    "file": argument.path.to_string_lossy(),
                    "shape": output.array.dims()[..],
                })
            });
            let mut value = json!({
                "model": network.name(),
                "adapter": network.device().to_string(),
                "precision": network.precision().name(),
                "batch": images,
                "outputs": written.collect::<Vec<_>>(),
                "ms": milliseconds,
            });
            if let Some(layers) = layers {
                value["layers"] = layer_errors::value(layers);
            }
            return output::json(out, &value);
        }
        writeln!(
            out,
            "{} on {}: {} in {milliseconds:.1} ms",
            network.name(),
            network.device(),
            counted(*images, "image"),
        )?;
        for (argument, output) in written {
            let (name, path) = (one_line(&output.name), argument.path.to_string_lossy());
            let (dims, path) = (output.array.dims(), one_line(&path));
            writeln!(out, "{name} {dims}, written to {path}")?;
        }
        Ok(())
    }
}
