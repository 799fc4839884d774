//! Which parameters a command loads.

use clap::Args;
use menagerie::Result;
use menagerie::network::NetworkBuilder;
use menagerie::zoo::{Model, WeightsSource};

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
    /// `network` with the weights that are asked for, or else those that it has.
    ///
    /// # Errors
    /// As parsing a `WeightsSource`.
    pub fn apply<'a>(&self, network: NetworkBuilder<'a>) -> Result<NetworkBuilder<'a>> {
        Ok(match &self.weights {
            Some(text) => network.weights(text.parse::<WeightsSource>()?),
            None if self.fetch => network.fetch_if_missing(),
            None => network,
        })
    }

    /// The same; where it has none, made-up ones.
    ///
    /// # Errors
    /// As [`WeightsArguments::apply`].
    pub fn apply_or_synthetic<'a>(
        &self,
        network: NetworkBuilder<'a>,
    ) -> Result<NetworkBuilder<'a>> {
        Ok(self.apply(network)?.synthetic_if_missing())
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
