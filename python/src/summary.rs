//! The layers of a network.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// The layers of a network, with shapes for one image and numbers of parameters. Its text is a table as Keras prints it.
///
/// >>> summary = menagerie.load("lenet5", weights="synthetic:0").summary()
/// >>> summary.parameters
/// 61706
/// >>> summary.layers[0]
/// {'name': 'input', 'kind': 'input', 'shape': [1, 28, 28], 'parameters': 0}
#[pyclass(frozen, module = "menagerie")]
pub struct Summary(pub menagerie::graph::Summary);

#[pymethods]
impl Summary {
    /// The network's name.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The number of values in all tensors of the weights.
    #[getter]
    fn parameters(&self) -> usize {
        self.0.total()
    }

    /// A dictionary for each layer: `name`, `kind`, `shape` (of the result for one image) and `parameters` (the number
    /// of values).
    #[getter]
    fn layers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let rows = self.0.layers.iter().map(|layer| {
            let row = PyDict::new(py);
            row.set_item("name", &layer.name)?;
            row.set_item("kind", layer.kind)?;
            row.set_item("shape", &layer.extents)?;
            row.set_item("parameters", layer.parameters)?;
            Ok(row)
        });
        PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    /// What a notebook shows.
    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py()
            .import("menagerie._html")?
            .call_method1("summary", (slf,))
    }

    fn __repr__(&self) -> String {
        format!(
            "Summary({}, {} layers, {} parameters)",
            self.0.name,
            self.0.layers.len(),
            self.0.total()
        )
    }
}
