//! The answer of a classification.

use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::arrays;

/// A class and its probability.
///
/// >>> guess = menagerie.load("mobilenet_v2").classify("samples/cat.png")[0]
/// >>> guess.label, guess.index
/// ('Egyptian cat', 285)
#[pyclass(frozen, get_all, module = "menagerie")]
pub struct Guess {
    /// The class's name, or `class INDEX` if it has none.
    label: String,
    /// The class's index, from 0.
    index: usize,
    /// From 0 to 1. The probabilities of all classes add up to 1.
    probability: f64,
}

#[pymethods]
impl Guess {
    fn __repr__(&self) -> String {
        format!("{} {:.1} %", self.label, 100.0 * self.probability)
    }
}

/// The most probable classes of an image, in descending order: a sequence of `Guess`.
///
/// >>> answer = menagerie.load("mobilenet_v2").classify("samples/cat.png", top=3)
/// >>> len(answer), answer[0].label
/// (3, 'Egyptian cat')
/// >>> answer.scores.shape
/// (1000,)
#[pyclass(frozen, sequence, module = "menagerie")]
pub struct Classification {
    guesses: Py<PyList>,
    scores: Vec<f32>,
}

impl Classification {
    /// The `top` most probable classes of `answer`.
    pub fn new(
        py: Python<'_>,
        answer: &menagerie::tasks::Classification,
        top: usize,
    ) -> PyResult<Self> {
        let guesses = answer.top(top).into_iter().map(|guess| {
            let (label, index, probability) =
                (guess.label.into_owned(), guess.index, guess.probability);
            Py::new(
                py,
                Guess {
                    label,
                    index,
                    probability,
                },
            )
        });
        let guesses: Vec<Py<Guess>> = guesses.collect::<PyResult<_>>()?;
        Ok(Self {
            guesses: PyList::new(py, guesses)?.unbind(),
            scores: answer.scores().to_vec(),
        })
    }
}

#[pymethods]
impl Classification {
    /// The logits, the score of each class before the softmax: a NumPy array of float32 with the axis C.
    #[getter]
    fn scores<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        arrays::floats(py, &self.scores, &[self.scores.len()])
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.guesses.bind(py).len()
    }

    fn __getitem__<'py>(
        &self,
        py: Python<'py>,
        index: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.guesses.bind(py).as_any().get_item(index)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.guesses.bind(py).as_any().try_iter()?.into_any())
    }

    /// What a notebook shows.
    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py()
            .import("menagerie._html")?
            .call_method1("classification", (slf,))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Classification({})", self.guesses.bind(py).repr()?))
    }
}
