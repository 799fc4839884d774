//! The layers of a graph without windows. Names and defaults are those of PyTorch, if it has the layer.

use menagerie::graph::{Activation, Interpolation, Number, Padding, ValueId};
use pyo3::prelude::*;

use super::{Graph, Value};
use crate::errors::wrong_input;

#[pymethods]
impl Graph {
    /// Adds a fully connected layer on a vector, with a bias.
    fn linear(&self, py: Python<'_>, name: &str, x: &Value, features: usize) -> PyResult<Value> {
        let x = self.id(py, x)?;
        self.layer(py, |scope| scope.linear(name, x, features))
    }

    /// Adds a batch normalisation with the statistics of training.
    #[pyo3(signature = (name, x, epsilon=1e-5))]
    fn batch_norm(&self, py: Python<'_>, name: &str, x: &Value, epsilon: f64) -> PyResult<Value> {
        let x = self.id(py, x)?;
        self.layer(py, |scope| scope.batch_norm(name, x, epsilon))
    }

    /// Adds a layer normalisation over the channels of each pixel.
    #[pyo3(signature = (name, x, epsilon=1e-6))]
    fn layer_norm(&self, py: Python<'_>, name: &str, x: &Value, epsilon: f64) -> PyResult<Value> {
        let x = self.id(py, x)?;
        self.layer(py, |scope| scope.layer_norm(name, x, epsilon))
    }

    /// Adds a group normalisation. `groups` divides the number of channels.
    #[pyo3(signature = (name, x, groups, epsilon=1e-5))]
    fn group_norm(
        &self,
        py: Python<'_>,
        name: &str,
        x: &Value,
        groups: usize,
        epsilon: f64,
    ) -> PyResult<Value> {
        let x = self.id(py, x)?;
        self.layer(py, |scope| scope.group_norm(name, x, groups, epsilon))
    }

    /// Applies `max(x, 0)`.
    fn relu(&self, py: Python<'_>, name: &str, x: &Value) -> PyResult<Value> {
        let x = self.id(py, x)?;
        self.layer(py, |scope| scope.relu(name, x))
    }

    /// Applies a function to each value: `"relu"`, `"relu6"`, `"sigmoid"`, `"tanh"`, `"silu"`, `"gelu"`, `"hard_sigmoid"`,
    /// `"hard_swish"`, or `"leaky_relu"` and `"elu"` with a `slope`.
    #[pyo3(signature = (name, x, function, slope=None))]
    fn activation(
        &self,
        py: Python<'_>,
        name: &str,
        x: &Value,
        function: &str,
        slope: Option<f64>,
    ) -> PyResult<Value> {
        let x = self.id(py, x)?;
        let function = match (function, slope) {
            ("relu", None) => Activation::Relu,
            ("relu6", None) => Activation::Relu6,
            ("sigmoid", None) => Activation::Sigmoid,
            ("tanh", None) => Activation::Tanh,
            ("silu", None) => Activation::Silu,
            ("gelu", None) => Activation::Gelu,
            ("hard_sigmoid", None) => Activation::HardSigmoid,
            ("hard_swish", None) => Activation::HardSwish,
            ("leaky_relu", slope) => Activation::LeakyRelu {
                slope: Number(slope.unwrap_or(0.01)),
            },
            ("elu", slope) => Activation::Elu {
                alpha: Number(slope.unwrap_or(1.0)),
            },
            (_, None) => {
                return Err(wrong_input(
                    py,
                    &format!("{name}: there is no activation {function:?}"),
                ));
            }
            (_, Some(_)) => {
                return Err(wrong_input(
                    py,
                    &format!("{name}: {function:?} takes no slope"),
                ));
            }
        };
        self.layer(py, |scope| scope.activation(name, x, function))
    }

    /// Applies a ReLU with a slope for each channel, the parameter `NAME.weight`.
    fn prelu(&self, py: Python<'_>, name: &str, x: &Value) -> PyResult<Value> {
        let x = self.id(py, x)?;
        self.layer(py, |scope| scope.prelu(name, x))
    }

    /// Applies a softmax over the channels of each pixel.
    fn softmax(&self, py: Python<'_>, name: &str, x: &Value) -> PyResult<Value> {
        let x = self.id(py, x)?;
        self.layer(py, |scope| scope.softmax(name, x))
    }

    /// Adds a dropout, which does nothing outside training.
    fn dropout(&self, py: Python<'_>, name: &str, x: &Value) -> PyResult<Value> {
        let x = self.id(py, x)?;
        self.layer(py, |scope| scope.dropout(name, x))
    }

    /// The mean of each cell of a grid of `size` by `size`.
    fn adaptive_average_pool(
        &self,
        py: Python<'_>,
        name: &str,
        x: &Value,
        size: usize,
    ) -> PyResult<Value> {
        let x = self.id(py, x)?;
        self.layer(py, |scope| scope.adaptive_average_pool(name, x, size))
    }

    /// The mean of each channel, as a vector.
    fn global_average_pool(&self, py: Python<'_>, name: &str, x: &Value) -> PyResult<Value> {
        let x = self.id(py, x)?;
        self.layer(py, |scope| scope.global_average_pool(name, x))
    }

    /// `a + b`, of one shape.
    fn add(&self, py: Python<'_>, name: &str, a: &Value, b: &Value) -> PyResult<Value> {
        let (a, b) = (self.id(py, a)?, self.id(py, b)?);
        self.layer(py, |scope| scope.add(name, a, b))
    }

    /// `a * b`. Extents of 1 are repeated.
    fn multiply(&self, py: Python<'_>, name: &str, a: &Value, b: &Value) -> PyResult<Value> {
        let (a, b) = (self.id(py, a)?, self.id(py, b)?);
        self.layer(py, |scope| scope.multiply(name, a, b))
    }

    /// Joins values along their channels.
    fn concat(&self, py: Python<'_>, name: &str, values: Vec<PyRef<'_, Value>>) -> PyResult<Value> {
        let values = values.iter().map(|value| self.id(py, value));
        let values: Vec<ValueId> = values.collect::<PyResult<_>>()?;
        self.layer(py, |scope| scope.concat(name, &values))
    }

    /// Splits the channels of `x` into parts of these numbers.
    fn split(
        &self,
        py: Python<'_>,
        name: &str,
        x: &Value,
        channels: Vec<usize>,
    ) -> PyResult<Vec<Value>> {
        let x = self.id(py, x)?;
        let parts = self.scope(py, |scope| {
            let parts = scope.split(name, x, &channels)?.into_iter();
            parts
                .map(|part| Ok((part, scope.shape(part)?)))
                .collect::<menagerie::Result<Vec<_>>>()
        })?;
        Ok(parts
            .into_iter()
            .map(|(id, shape)| self.value(id, shape))
            .collect())
    }

    /// Flattens each image to a vector, in the order channel, row, column.
    fn flatten(&self, py: Python<'_>, name: &str, x: &Value) -> PyResult<Value> {
        let x = self.id(py, x)?;
        self.layer(py, |scope| scope.flatten(name, x))
    }

    /// Adds a border of zeros: rows above, columns left, rows below, columns right.
    fn pad(
        &self,
        py: Python<'_>,
        name: &str,
        x: &Value,
        border: (usize, usize, usize, usize),
    ) -> PyResult<Value> {
        let x = self.id(py, x)?;
        let (top, left, bottom, right) = border;
        self.layer(py, |scope| {
            scope.pad(
                name,
                x,
                Padding {
                    top,
                    left,
                    bottom,
                    right,
                },
            )
        })
    }

    /// Resizes the image to `size`, which is height and width. `mode` is `"nearest"` or `"bilinear"`.
    #[pyo3(signature = (name, x, size, mode="nearest", *, align_corners=false))]
    fn resize(
        &self,
        py: Python<'_>,
        name: &str,
        x: &Value,
        size: [usize; 2],
        mode: &str,
        align_corners: bool,
    ) -> PyResult<Value> {
        let x = self.id(py, x)?;
        let interpolation = match mode {
            "nearest" => Interpolation::Nearest,
            "bilinear" => Interpolation::Bilinear { align_corners },
            _ => {
                let message = format!(
                    "{name}: expected the mode \"nearest\" or \"bilinear\", found {mode:?}"
                );
                return Err(wrong_input(py, &message));
            }
        };
        self.layer(py, |scope| scope.resize(name, x, size, interpolation))
    }
}
