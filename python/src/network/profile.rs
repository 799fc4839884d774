//! The times of a network's kernels.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::Network;

#[pymethods]
impl Network {
    /// Measures the kernels of `runs` runs on a whole batch of synthetic images.
    ///
    /// The result is a dictionary for each kernel in the order of a run: `layer`, `operation`, `kernel`, `shape` (of the
    /// result for one image), `flops` and `bytes` (of the batch), and `seconds`, the median time on the GPU's clock, or
    /// `None` if the device has none.
    ///
    /// >>> rows = menagerie.load("lenet5", weights="synthetic:0").profile(runs=2)
    /// >>> rows[0]["operation"], rows[0]["shape"]  # doctest: +ELLIPSIS
    /// (...)
    #[pyo3(signature = (runs=10))]
    fn profile<'py>(&self, py: Python<'py>, runs: usize) -> PyResult<Bound<'py, PyList>> {
        let profile = self.call(py, move |network, _| network.profile(runs))?;
        let rows = profile.dispatches.iter().map(|dispatch| {
            let row = PyDict::new(py);
            row.set_item("layer", &dispatch.layer)?;
            row.set_item("operation", &dispatch.operation)?;
            row.set_item("kernel", dispatch.kernel.name)?;
            let shape = dispatch.shape;
            row.set_item("shape", (shape.channels, shape.height, shape.width))?;
            row.set_item("flops", dispatch.cost.flops)?;
            row.set_item("bytes", dispatch.cost.bytes())?;
            row.set_item(
                "seconds",
                dispatch.time.map(|time| time.median.as_secs_f64()),
            )?;
            Ok(row)
        });
        PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)
    }
}
