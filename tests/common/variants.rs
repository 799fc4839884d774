//! Programs that call one kernel wherever it can compute a layer.

use menagerie::device::DeviceProfile;
use menagerie::gpu::Gpu;
use menagerie::graph::Graph;
use menagerie::program::Planning;
use menagerie::tune;

/// The plannings that differ in what they call for `graph`: one that prefers nothing, and one for each kernel that can
/// compute a layer and is not chosen untried.
pub fn plannings(graph: &Graph, batch: usize, profile: &DeviceProfile) -> Vec<Planning> {
    let mut names: Vec<String> = Vec::new();
    for layer in tune::layers(graph, batch, profile) {
        let others = layer.kernels[1..].iter().map(|kernel| kernel.name());
        names.extend(others);
    }
    names.sort();
    names.dedup();
    let forced = names
        .into_iter()
        .map(|name| Planning::of_batch(batch).kernel(name));
    [Planning::of_batch(batch)]
        .into_iter()
        .chain(forced)
        .collect()
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
