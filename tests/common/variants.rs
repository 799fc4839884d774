//! Plans that call one kernel wherever it can compute a layer.

use menagerie::device::DeviceProfile;
use menagerie::graph::Graph;
use menagerie::program::{Tuning, Variant};
use menagerie::tune;

/// Every layer of `graph` by `variant`, where it can compute it.
pub fn forced(graph: &Graph, batch: usize, profile: &DeviceProfile, variant: Variant) -> Tuning {
    let mut tuning = Tuning::NONE;
    for layer in tune::layers(graph, batch, profile) {
        if layer.variants.contains(&variant) {
            tuning.prefer(layer.key, variant.kernel().name);
        }
    }
    tuning
}

/// The tunings that differ in what they call for `graph`: none, and each kernel's that can compute a layer.
pub fn tunings(graph: &Graph, batch: usize, profile: &DeviceProfile) -> Vec<Tuning> {
    let layers = tune::layers(graph, batch, profile);
    let tried = |variant: &Variant| {
        layers
            .iter()
            .any(|layer| layer.variants[1..].contains(variant))
    };
    let variants = Variant::ALL.into_iter().filter(tried);
    let forced = variants.map(|variant| forced(graph, batch, profile, variant));
    [Tuning::NONE].into_iter().chain(forced).collect()
}
