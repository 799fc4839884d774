//! Programs that call one kernel wherever it can compute a layer.

use menagerie::device::DeviceProfile;
use menagerie::gpu::Gpu;
use menagerie::graph::Graph;
use menagerie::program::{Planning, Precision};
use menagerie::tune;

/// The plannings that differ in what they call for `graph`: one that prefers nothing, one for each kernel that can
/// compute a layer and is not chosen untried, and in f16 one for each that multiplies by matrix units.
pub fn plannings(graph: &Graph, batch: usize, profile: &DeviceProfile) -> Vec<Planning> {
    let plain = Planning::of_batch(batch);
    let mut names: Vec<String> = Vec::new();
    for layer in tune::layers(graph, profile, &plain) {
        let others = layer.kernels[1..].iter().map(|kernel| kernel.name());
        names.extend(others);
    }
    let mut plannings = vec![plain.clone()];
    plannings.extend(forced(&plain, names));
    plannings.extend(by_matrix_units(graph, batch, profile));
    plannings
}

/// The plannings in f16 that differ in which matrix units they use: one for each kernel and size.
pub fn by_matrix_units(graph: &Graph, batch: usize, profile: &DeviceProfile) -> Vec<Planning> {
    let f16 = Planning::of_batch(batch).precision(Precision::F16);
    let layers = tune::layers(graph, profile, &f16);
    let kernels = layers.iter().flat_map(|layer| &layer.kernels);
    let kernels = kernels.filter(|kernel| kernel.kernel.matrix_units);
    forced(&f16, kernels.map(|kernel| kernel.name()).collect())
}

/// `planning` with each of the kernels `names`.
fn forced(planning: &Planning, mut names: Vec<String>) -> Vec<Planning> {
    names.sort();
    names.dedup();
    let names = names.into_iter();
    names.map(|name| planning.clone().kernel(name)).collect()
}

/// The plannings on one of the kinds of device of `common::device::devices`. The last kind calls nothing else than the one
/// before it, unless plans choose: only the way in which it chooses differs.
#[allow(dead_code, reason = "only the tests of kernels use it")]
pub fn plannings_on(kind: &str, gpu: &Gpu, graph: &Graph, batch: usize) -> Vec<Planning> {
    let mut plannings = plannings(graph, batch, gpu.profile());
    if kind == "as on a GPU" {
        plannings.truncate(1);
    }
    plannings
}
