//! The arguments that the commands share that run a network on photos.

use clap::Args;
use menagerie::network::NetworkBuilder;
use menagerie::photo::Decoding;
use menagerie::{Network, Result};

use super::arguments::{AdapterArgument, PassArguments, SizeArgument};
use super::decoding::DecodingArguments;
use super::notices::notices;
use super::precision::PrecisionArguments;
use super::preprocessing::PreprocessArguments;
use super::weights::WeightsArguments;

/// The network for photos: its name, weights, size, device and passes, and how photos are decoded and preprocessed.
#[derive(Args)]
pub struct PhotoNetwork {
    /// Name of the network, or the path of an ONNX file
    #[arg(long, default_value = "mobilenet_v2")]
    model: String,
    #[command(flatten)]
    weights: WeightsArguments,
    #[command(flatten)]
    size: SizeArgument,
    #[command(flatten)]
    adapter: AdapterArgument,
    #[command(flatten)]
    passes: PassArguments,
    #[command(flatten)]
    precision: PrecisionArguments,
    #[command(flatten)]
    preprocess: PreprocessArguments,
    #[command(flatten)]
    decoding: DecodingArguments,
}

impl PhotoNetwork {
    /// The name of the network; see `NetworkBuilder::network_name`.
    pub fn name(&self) -> String {
        Network::builder(&self.model).network_name()
    }

    /// The builder of the network with these arguments.
    ///
    /// # Errors
    /// The same as [`PassArguments::set`], [`WeightsArguments::apply`] and [`PreprocessArguments::apply`].
    pub fn builder<'a>(&self) -> Result<NetworkBuilder<'a>> {
        self.preprocess.check(&self.size)?;
        let network = Network::builder(&self.model)
            .passes(self.passes.set()?)
            .on_notice(notices(&self.model));
        let network = self.precision.apply(self.size.apply(network));
        let network = self.adapter.apply(network);
        self.preprocess.apply(self.weights.apply(network)?)
    }

    /// How photos are decoded.
    pub fn decoding(&self) -> Decoding {
        self.decoding.decoding()
    }
}
