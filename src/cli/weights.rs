//! Which parameters a command loads.

use clap::Args;
use menagerie::Result;
use menagerie::graph::Graph;
use menagerie::zoo::{Model, WeightsSource};

use super::fetch::download;
use super::output::warn;

/// `--weights` and `--fetch`.
#[derive(Args)]
pub struct WeightsArguments {
    /// Its parameters: a safetensors file, `hub` for what `menagerie fetch` has downloaded, or
    /// `synthetic:SEED`
    #[arg(long, value_name = "FILE")]
    weights: Option<String>,
    /// Download its parameters from the Hugging Face Hub first, where there are none here
    #[arg(long, conflicts_with = "weights")]
    fetch: bool,
}

impl WeightsArguments {
    /// The weights that are asked for, or those that the model has.
    ///
    /// # Errors
    /// As `WeightsSource::default_for`, and as a download.
    pub fn source(&self, model: &Model) -> Result<WeightsSource> {
        if let Some(text) = &self.weights {
            return text.parse();
        }
        match WeightsSource::default_for(model) {
            Err(_) if self.fetch => {
                download(model.name, &model.repository()?)?;
                Ok(WeightsSource::Hub)
            }
            source => source,
        }
    }

    /// The same; where the model has none, made-up ones, and a warning says so.
    ///
    /// # Errors
    /// As a download.
    pub fn source_or_synthetic(&self, model: &Model) -> Result<WeightsSource> {
        match self.source(model) {
            Err(error) if self.weights.is_none() && !self.fetch => {
                let made_up = WeightsSource::Synthetic(0);
                warn(&format_args!("{error}; using {made_up}"));
                Ok(made_up)
            }
            source => source,
        }
    }
}

/// Names of the classes that `graph` of `model` tells apart. Of what other weights were trained on only the number
/// is known.
pub fn names(model: &Model, graph: &Graph) -> Vec<&'static str> {
    match graph.output_shape() {
        Ok(shape) if shape.channels == model.classes => model.labels.names(),
        _ => Vec::new(),
    }
}

/// Where the weights that `model` has are from.
pub fn at_hand(model: &Model) -> Option<String> {
    let source = WeightsSource::default_for(model).ok()?;
    Some(match (&source, model.repository()) {
        (WeightsSource::Hub, Ok(repository)) => repository.id.to_owned(),
        _ => source.to_string(),
    })
}
