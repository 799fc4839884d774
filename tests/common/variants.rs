//! Programs that call one kernel wherever it can compute a layer.

use menagerie::device::DeviceProfile;
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
