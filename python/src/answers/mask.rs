//! The answer of a segmentation into an object and its background.

use menagerie::Photo;
use pyo3::prelude::*;

use crate::arrays;
use crate::errors::exception;
use crate::images;

/// For each pixel of an image, the probability that it shows the network's object.
///
/// >>> mask = menagerie.load("unet_small").segment("samples/cells.png")
/// >>> mask.probabilities.shape == (mask.height, mask.width)
/// True
/// >>> 0 < mask.covered(0.5) < 1
/// True
#[pyclass(frozen, module = "menagerie")]
pub struct Mask {
    pub mask: menagerie::tasks::Mask,
    pub photo: Photo,
}

#[pymethods]
impl Mask {
    /// Width of the image in pixels.
    #[getter]
    fn width(&self) -> usize {
        self.mask.width()
    }

    /// Height of the image in pixels.
    #[getter]
    fn height(&self) -> usize {
        self.mask.height()
    }

    /// The probability of each pixel, 0 to 1: a NumPy array of float32 with the axes H, W.
    #[getter]
    fn probabilities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        arrays::floats(
            py,
            self.mask.probabilities(),
            &[self.mask.height(), self.mask.width()],
        )
    }

    /// The share of the pixels that are at least as probable as `threshold`, 0 to 1.
    #[pyo3(signature = (threshold=0.5))]
    fn covered(&self, threshold: f64) -> f64 {
        self.mask.covered_share(threshold)
    }

    /// The image with the object tinted and outlined, as an image of Pillow.
    #[pyo3(signature = (threshold=0.5))]
    fn picture<'py>(&self, py: Python<'py>, threshold: f64) -> PyResult<Bound<'py, PyAny>> {
        let drawn = self.mask.over(self.photo.clone(), threshold);
        images::to_pillow(py, &drawn.map_err(|error| exception(py, &error))?)
    }

    /// What a notebook shows.
    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py()
            .import("menagerie._html")?
            .call_method1("mask", (slf,))
    }

    fn __repr__(&self) -> String {
        let (width, height) = (self.mask.width(), self.mask.height());
        format!(
            "Mask({width}x{height} pixels, {:.1} % covered)",
            100.0 * self.mask.covered_share(0.5)
        )
    }
}
