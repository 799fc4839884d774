//! `--precision` and `--keep-f32`.

use clap::Args;
use menagerie::Result;
use menagerie::graph::Graph;
use menagerie::network::NetworkBuilder;
use menagerie::program::{Precision, kept_in};

/// `--precision` and `--keep-f32`.
#[derive(Args)]
pub struct PrecisionArguments {
    /// How the device stores weights and activations, and multiplies them: `f32`; `f16-storage`, which takes half the memory
    /// and still computes in f32; or `f16`, which multiplies by matrix units where the device has them
    #[arg(long, value_name = "PRECISION", default_value_t)]
    pub precision: Precision,
    /// Keep this layer or module in f32; can be repeated
    #[arg(long, value_name = "LAYER")]
    pub keep_f32: Vec<String>,
}

impl PrecisionArguments {
    /// Sets the precision of `network`.
    pub fn apply<'a>(&self, network: NetworkBuilder<'a>) -> NetworkBuilder<'a> {
        let network = network.precision(self.precision);
        let kept = self.keep_f32.iter();
        kept.fold(network, |network, name| network.keep_f32(name))
    }

    /// The nodes of `graph` to keep in f32, which passes made of `source`.
    ///
    /// # Errors
    /// The same as `kept_in`.
    pub fn kept(&self, source: &Graph, graph: &Graph) -> Result<Vec<String>> {
        kept_in(source, graph, &self.keep_f32)
    }
}
