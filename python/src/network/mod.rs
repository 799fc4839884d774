//! A network as Python's object.

mod profile;
mod tasks;

use std::sync::{Arc, Mutex, PoisonError};

use menagerie::Result;
use menagerie::tensor::Shape;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arrays;
use crate::calls::{self, Stop};
use crate::models::task;
use crate::summary::Summary;
use crate::tensors;

/// A network with its weights on a device. `load` makes it.
///
/// Its methods may be called from any thread. Calls of one network wait for each other; those of several networks run at
/// the same time.
///
/// >>> net = menagerie.load("mobilenet_v2")
/// >>> net.classify("samples/cat.png")[0].label
/// 'Egyptian cat'
#[pyclass(frozen, module = "menagerie")]
pub struct Network {
    network: Arc<Mutex<menagerie::Network>>,
    /// The network's name.
    #[pyo3(get)]
    name: String,
    /// The adapter that it runs on, or `"cpu (reference executor)"`.
    #[pyo3(get)]
    device: String,
    /// `"classify"` or `"segment"`.
    #[pyo3(get)]
    task: &'static str,
    /// The number of classes.
    #[pyo3(get)]
    classes: usize,
    /// The names of the classes; empty if they have none.
    #[pyo3(get)]
    labels: Vec<String>,
    /// The most images in a run.
    #[pyo3(get)]
    batch: usize,
    /// Channels, height and width of an image of its default size, or `None` if it has several inputs.
    #[pyo3(get)]
    input: Option<(usize, usize, usize)>,
}

/// A network belongs to the process that loaded it. In a fork of that, to free it would wait for threads that are not
/// there.
impl Drop for Network {
    fn drop(&mut self) {
        if calls::is_forked() {
            std::mem::forget(Arc::clone(&self.network));
        }
    }
}

impl Network {
    pub fn new(network: menagerie::Network) -> Result<Self> {
        let shape = network.input_shape().ok();
        Ok(Self {
            name: network.name().to_owned(),
            device: network.device().to_string(),
            task: task(network.task()?),
            classes: network.classes()?,
            labels: network.labels().names().map(str::to_owned).collect(),
            batch: network.batch(),
            input: shape.map(
                |Shape {
                     channels,
                     height,
                     width,
                 }| (channels, height, width),
            ),
            network: Arc::new(Mutex::new(network)),
        })
    }

    /// Calls `work` with the network, without Python's lock.
    fn call<T: Send + 'static>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut menagerie::Network, &Stop) -> Result<T> + Send + 'static,
    ) -> PyResult<T> {
        let network = Arc::clone(&self.network);
        calls::call(py, move |stop| {
            // After a panic, it is as after a future that was dropped early.
            let mut network = network.lock().unwrap_or_else(PoisonError::into_inner);
            stop.check()?;
            work(&mut network, stop)
        })
    }
}

#[pymethods]
impl Network {
    /// The answer to raw input.
    ///
    /// `x` is an array of float32 with the axes N, C, H, W: images that are normalised, of any number and of any size that
    /// the network takes. It may be an array of NumPy, a tensor of PyTorch in host memory, or anything else with a buffer
    /// or `__dlpack__`. The result is a NumPy array of float32: N, C, or N, C, H, W for a network that segments. Arrays of your
    /// own graph and of an ONNX file have the extents that it gives them, behind N.
    ///
    /// >>> import numpy
    /// >>> net = menagerie.load("lenet5", weights="synthetic:0")
    /// >>> net(numpy.zeros((2, 1, 28, 28), "float32")).shape
    /// (2, 10)
    fn __call__<'py>(&self, py: Python<'py>, x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let x = arrays::read(x)?;
        let (answer, extents) = self.call(py, move |network, _| {
            let signature = network.signature()?;
            let answer = network.run(&tensors::given(network, &signature.inputs[0], x)?)?;
            let extents = tensors::extents(network, &signature.outputs[0], &answer);
            Ok((answer, extents))
        })?;
        arrays::floats(py, answer.data(), &extents)
    }

    /// All outputs for all inputs, by their names: for your own graphs and ONNX files that have several. Arrays are as for
    /// `net(x)`, of at most `batch` images.
    ///
    /// >>> import numpy
    /// >>> net = menagerie.load("lenet5", weights="synthetic:0")
    /// >>> {name: y.shape for name, y in net.run({"input": numpy.zeros((1, 1, 28, 28), "float32")}).items()}
    /// {'output': (1, 10)}
    fn run<'py>(
        &self,
        py: Python<'py>,
        inputs: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let given = inputs
            .iter()
            .map(|(name, x)| Ok((name.extract()?, arrays::read(&x)?)));
        let given: Vec<(String, _)> = given.collect::<PyResult<_>>()?;
        let (outputs, extents) = self.call(py, move |network, _| {
            let signature = network.signature()?;
            let mut named = Vec::new();
            for (name, x) in given {
                let x = tensors::given(network, signature.input(&name)?, x)?;
                named.push((name, x));
            }
            let named: Vec<_> = named.iter().map(|(name, x)| (name.as_str(), x)).collect();
            let outputs = network.run_named(&named)?;
            let extents = outputs
                .iter()
                .map(|(name, y)| Ok(tensors::extents(network, signature.output(name)?, y)));
            let extents = extents.collect::<Result<Vec<_>>>()?;
            Ok((outputs, extents))
        })?;
        let answers = PyDict::new(py);
        for ((name, y), extents) in outputs.iter().zip(extents) {
            answers.set_item(name, arrays::floats(py, y.data(), &extents)?)?;
        }
        Ok(answers)
    }

    /// The layers of the network, for images of its default size.
    ///
    /// >>> print(menagerie.load("lenet5", weights="synthetic:0").summary())  # doctest: +ELLIPSIS
    /// Model: "lenet5"
    /// ...
    /// Total params: 61,706
    /// ...
    fn summary(&self, py: Python<'_>) -> PyResult<Summary> {
        self.call(py, |network, _| network.summary()).map(Summary)
    }

    fn __repr__(&self) -> String {
        format!("Network({} on {})", self.name, self.device)
    }
}
