//! The list of networks.

use menagerie::zoo::{self, Model, Task};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// The networks that `load` knows by name, a dictionary for each: `name`, `family`, `task` (`"classify"` or
/// `"segment"`), `input` (channels, height and width of an image), `classes`, `paper`, and `hub`, the repository of its
/// weights on the Hugging Face Hub or `None`.
///
/// >>> [model["name"] for model in menagerie.models() if model["family"] == "SqueezeNet"]
/// ['squeezenet1_0', 'squeezenet1_1']
#[pyfunction]
pub fn models(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let rows = zoo::models().iter().map(|model| row(py, model));
    PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)
}

fn row<'py>(py: Python<'py>, model: &Model) -> PyResult<Bound<'py, PyDict>> {
    let row = PyDict::new(py);
    row.set_item("name", model.name)?;
    row.set_item("family", model.family())?;
    row.set_item("task", task(model.task))?;
    row.set_item(
        "input",
        (model.input.channels, model.input.height, model.input.width),
    )?;
    row.set_item("classes", model.classes)?;
    row.set_item("paper", model.paper)?;
    row.set_item(
        "hub",
        model.repository().ok().map(|repository| repository.id),
    )?;
    Ok(row)
}

/// A task as Python's methods call it.
pub fn task(task: Task) -> &'static str {
    match task {
        Task::Segment => "segment",
        _ => "classify",
    }
}
