//! The answer of a segmentation into several classes.

use menagerie::{Labels, Photo};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::arrays;
use crate::errors::exception;
use crate::images;

/// The class of each pixel of an image. Class 0 is the background.
#[pyclass(frozen, module = "menagerie")]
pub struct Segmentation {
    pub found: menagerie::tasks::Segmentation,
    pub labels: Labels,
    pub photo: Photo,
}

#[pymethods]
impl Segmentation {
    /// Width of the image in pixels.
    #[getter]
    fn width(&self) -> usize {
        self.found.width()
    }

    /// Height of the image in pixels.
    #[getter]
    fn height(&self) -> usize {
        self.found.height()
    }

    /// The index of each pixel's class: a NumPy array of uint32 with the axes H, W.
    #[getter]
    fn classes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        arrays::integers(
            py,
            self.found.classes(),
            &[self.found.height(), self.found.width()],
        )
    }

    /// A dictionary for each class that is found, the largest first: `label`, `index`, `share` of the pixels (0 to 1) and
    /// `colour` in the picture.
    #[getter]
    fn shares<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let rows = self.found.shares().into_iter().map(|(index, share)| {
            let row = PyDict::new(py);
            row.set_item("label", self.labels.label(index))?;
            row.set_item("index", index)?;
            row.set_item("share", share)?;
            let [red, green, blue] = menagerie::maps::class_colour(index);
            row.set_item("colour", format!("#{red:02x}{green:02x}{blue:02x}"))?;
            Ok(row)
        });
        PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)
    }

    /// The image with its regions tinted and outlined in the colours of their classes, as an image of Pillow.
    fn picture<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let drawn = self.found.over(self.photo.clone());
        images::to_pillow(py, &drawn.map_err(|error| exception(py, &error))?)
    }

    /// What a notebook shows.
    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py()
            .import("menagerie._html")?
            .call_method1("segmentation", (slf,))
    }

    fn __repr__(&self) -> String {
        let (width, height) = (self.found.width(), self.found.height());
        let shares = self.found.shares().into_iter();
        let shares = shares
            .map(|(index, share)| format!("{} {:.1} %", self.labels.label(index), 100.0 * share));
        let shares: Vec<String> = shares.collect();
        format!(
            "Segmentation({width}x{height} pixels: {})",
            shares.join(", ")
        )
    }
}
