//! The answer of an explanation.

use menagerie::Photo;
use pyo3::prelude::*;

use crate::arrays;
use crate::errors::exception;
use crate::images;

/// The class activation map of a class over an image (Zhou et al. 2016): which pixels contribute to it.
///
/// >>> heat = menagerie.load("mobilenet_v2").explain("samples/cat.png")
/// >>> heat.label, heat.map.shape
/// ('Egyptian cat', (300, 451))
#[pyclass(frozen, module = "menagerie")]
pub struct Explanation {
    pub found: menagerie::tasks::Explanation,
    pub photo: Photo,
}

#[pymethods]
impl Explanation {
    /// The class's name, or `class INDEX` if it has none.
    #[getter]
    fn label(&self) -> String {
        self.found.label().into_owned()
    }

    /// The class's index, from 0.
    #[getter]
    fn index(&self) -> usize {
        self.found.index()
    }

    /// The probability of the class, 0 to 1.
    #[getter]
    fn probability(&self) -> f64 {
        self.found.probability()
    }

    /// The map at each pixel of the image, from 0 for its lowest score to 1 for its highest, and 0 outside the network's
    /// input: a NumPy array of float32 with the axes H, W.
    #[getter]
    fn map<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let values = self.found.values().map_err(|error| exception(py, &error))?;
        arrays::floats(py, &values, &[self.photo.height(), self.photo.width()])
    }

    /// The heat map over the image, as an image of Pillow. `strength`, 0 to 1, is its opacity.
    #[pyo3(signature = (strength=0.5))]
    fn picture<'py>(&self, py: Python<'py>, strength: f32) -> PyResult<Bound<'py, PyAny>> {
        let drawn = self.found.over(self.photo.clone(), strength);
        images::to_pillow(py, &drawn.map_err(|error| exception(py, &error))?)
    }

    /// What a notebook shows.
    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py()
            .import("menagerie._html")?
            .call_method1("explanation", (slf,))
    }

    fn __repr__(&self) -> String {
        format!(
            "Explanation({} {:.1} %)",
            self.found.label(),
            100.0 * self.found.probability()
        )
    }
}
