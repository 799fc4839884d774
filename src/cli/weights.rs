//! The arguments that choose the weights of a command.

use clap::Args;
use menagerie::Result;
use menagerie::network::NetworkBuilder;
use menagerie::zoo::{Model, WeightsSource};

/// `--weights`, `--prefix`, `--fetch` and `--allow-non-finite`.
#[derive(Args)]
pub struct WeightsArguments {
    /// Weights of the network: a safetensors file, a state dict of PyTorch (.pth, .pt), `hub` for the file
    /// of `menagerie fetch`, or `synthetic:SEED`
    #[arg(long, value_name = "FILE")]
    weights: Option<String>,
    /// Use only the tensors of the file whose names begin with this: for files with several copies of a network
    #[arg(long, value_name = "NAME", requires = "weights")]
    prefix: Option<String>,
    /// Download the weights from the Hugging Face Hub if they are missing
    #[arg(long, conflicts_with = "weights")]
    fetch: bool,
    /// Compute also with weights and answers that are NaN or infinite
    #[arg(long)]
    allow_non_finite: bool,
}

impl WeightsArguments {
    /// Whether values that are not finite are allowed, and others are clamped to the range of the precision.
    pub fn allows_non_finite(&self) -> bool {
        self.allow_non_finite
    }

    /// Sets the weights of `network`, if any were chosen.
    ///
    /// # Errors
    /// The same as parsing a `WeightsSource`.
    pub fn apply<'a>(&self, network: NetworkBuilder<'a>) -> Result<NetworkBuilder<'a>> {
        let network = match self.allow_non_finite {
            true => network.allow_non_finite(),
            false => network,
        };
        let network = match &self.prefix {
            Some(prefix) => network.prefix(prefix),
            None => network,
        };
        Ok(match &self.weights {
            Some(text) => network.weights(text.parse::<WeightsSource>()?),
            None if self.fetch => network.fetch_if_missing(),
            None => network,
        })
    }

    /// The same, with synthetic weights if the network has none.
    ///
    /// # Errors
    /// The same as [`WeightsArguments::apply`].
    pub fn apply_or_synthetic<'a>(
        &self,
        network: NetworkBuilder<'a>,
    ) -> Result<NetworkBuilder<'a>> {
        Ok(self.apply(network)?.synthetic_if_missing())
    }
}

/// The source of the weights that are available for `model`, if any.
pub fn at_hand(model: &Model) -> Option<String> {
    let source = WeightsSource::default_for(model).ok()?;
    Some(match (&source, model.repository()) {
        (WeightsSource::Hub, Ok(repository)) => repository.id.to_owned(),
        _ => source.to_string(),
    })
}
