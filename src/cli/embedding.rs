//! The arguments that `embed` and `similar` share: which vectors to compute, and with which network.

use clap::Args;
use menagerie::photo::Stream;
use menagerie::{Error, ErrorKind, Network, Tensor};

use super::arguments::{AdapterArgument, PassArguments, SizeArgument, batch_size};
use super::decoding::DecodingArguments;
use super::notices::notices;
use super::output::Failure;
use super::photos::Photos;
use super::weights::WeightsArguments;

/// Which vectors to compute.
#[derive(Args)]
pub struct EmbeddingArguments {
    /// Name of the network, or the path of an ONNX file
    #[arg(long, default_value = "mobilenet_v2")]
    model: String,
    /// Use the result of this layer instead of the features before the classifier; a name that `menagerie summary`
    /// lists, or the part of it before a dot
    #[arg(long, value_name = "LAYER")]
    layer: Option<String>,
    #[command(flatten)]
    weights: WeightsArguments,
    #[command(flatten)]
    size: SizeArgument,
    #[command(flatten)]
    adapter: AdapterArgument,
    #[command(flatten)]
    passes: PassArguments,
    #[command(flatten)]
    decoding: DecodingArguments,
    /// Largest number of images in a batch; by default 8 on a GPU, else 1
    #[arg(long, value_parser = batch_size())]
    batch: Option<usize>,
}

impl EmbeddingArguments {
    /// Name of the network.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Loads the network, and converts `photos` to inputs. The first photos are decoded while the network is loaded.
    ///
    /// # Errors
    /// Those of loading the network.
    pub fn load(&self, photos: &Photos) -> Result<(Network, Stream<Tensor>), Failure> {
        let batch = photos.batch(self.batch);
        let network = Network::builder(&self.model)
            .batch_up_to(batch)
            .passes(self.passes.set()?)
            .on_notice(notices(&self.model));
        let network = match &self.layer {
            Some(layer) => network.layer(layer),
            None => network.without_classifier(),
        };
        let network = self.adapter.apply(self.size.apply(network));
        let mut network = self.weights.apply(network)?;
        let preprocess = network.photo_preprocess()?;
        let decoding = self.decoding.decoding();
        let inputs = Stream::start_ahead(photos.sources(), batch, decoding, move |photo| {
            preprocess.apply(&photo)
        })?;
        let mut network = network.load().map_err(|error| self.advised(error))?;
        Photos::limit_batch(&mut network, self.batch);
        Ok((network, inputs))
    }

    fn advised(&self, error: Error) -> Error {
        match (&self.layer, error.kind()) {
            (None, ErrorKind::Input) => error.with_advice("--layer uses the result of any layer"),
            (Some(_), ErrorKind::UnknownLayer) => {
                error.with_advice("`menagerie summary` lists all layers")
            }
            _ => error,
        }
    }
}
