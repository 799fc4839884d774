//! The arguments that `embed` and `similar` share: which vectors to compute, and with which network.

use clap::Args;
use menagerie::photo::Stream;
use menagerie::{Error, ErrorKind, Network, Tensor};

use super::arguments::batch_size;
use super::output::Failure;
use super::photo_network::PhotoNetwork;
use super::photos::Photos;

/// Which vectors to compute.
#[derive(Args)]
pub struct EmbeddingArguments {
    /// Use the result of this layer instead of the features before the classifier; a name that `menagerie summary`
    /// lists, or the part of it before a dot
    #[arg(long, value_name = "LAYER")]
    layer: Option<String>,
    #[command(flatten)]
    network: PhotoNetwork,
    /// Largest number of images in a batch; by default 8 on a GPU, else 1
    #[arg(long, value_parser = batch_size())]
    batch: Option<usize>,
}

impl EmbeddingArguments {
    /// The name of the network.
    pub fn network_name(&self) -> String {
        self.network.name()
    }

    /// Loads the network, and converts `photos` to inputs. The first photos are decoded while the network is loaded.
    ///
    /// # Errors
    /// Those of loading the network.
    pub fn load(&self, photos: &Photos) -> Result<(Network, Stream<Tensor>), Failure> {
        let batch = photos.batch(self.batch);
        let network = self.network.builder()?.batch_up_to(batch);
        let mut network = match &self.layer {
            Some(layer) => network.layer(layer),
            None => network.without_classifier(),
        };
        let preprocess = network.photo_preprocess()?;
        let decoding = self.network.decoding();
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
