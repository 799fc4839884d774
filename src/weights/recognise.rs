//! Which network of the zoo a file belongs to, asked when it is not the expected one.

use super::check::Comparison;
use super::classes;
use super::file::TensorFile;
use crate::error::Result;
use crate::zoo::{self, Model};

/// Share of the tensors that must agree before a file is taken for a network's.
const ALIKE: f64 = 0.9;

/// The network whose weights `file` holds, whatever its classes and dialect, and what is wrong with
/// them; none where no network has most of the tensors, and more of them than in `expected`.
pub(super) fn closest(
    file: &TensorFile,
    expected: &Comparison,
) -> Result<Option<(&'static Model, Comparison)>> {
    let mut best: Option<(&'static Model, Comparison)> = None;
    for model in zoo::models() {
        let mut graph = model.graph()?;
        // A number of classes that no graph can have is a difference like any other.
        if let Ok(classes) = classes::classes(file, model, &graph)
            && classes != model.classes
        {
            graph = model.graph_with_classes(model.input, classes)?;
        }
        let comparison = Comparison::new(file, &graph);
        let rival = best.as_ref().map_or(expected, |(_, best)| best);
        if comparison.agreement() >= ALIKE && comparison.agreement() > rival.agreement() {
            best = Some((model, comparison));
        }
    }
    Ok(best)
}
