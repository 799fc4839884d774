//! One of several networks that are compared.

use menagerie::network::NetworkBuilder;
use menagerie::{Network, zoo};

use crate::cli::arguments::DimensionArguments;

/// The options of `model`, one of `models`. Only files have extents with names, so the others ignore `dimensions`, unless
/// there is no file that they could be for.
pub fn builder(
    model: &str,
    models: &[String],
    dimensions: &DimensionArguments,
) -> NetworkBuilder<'static> {
    let is_file = |model: &str| zoo::find(model).is_err();
    let network = Network::builder(model);
    match is_file(model) || !models.iter().any(|model| is_file(model)) {
        true => dimensions.apply(network),
        false => network,
    }
}
