//! The layers of a graph that move a window over an image: convolutions and pooling. Names and defaults are PyTorch's.

use menagerie::graph::{Conv, Window};
use pyo3::prelude::*;

use super::{Graph, Value};
use crate::errors::wrong_input;

/// A padding in pixels, or `"same"`.
#[derive(FromPyObject)]
enum ConvPadding {
    Pixels(usize),
    Name(String),
}

/// A convolution of these attributes.
#[allow(
    clippy::too_many_arguments,
    reason = "a convolution has so many attributes"
)]
fn conv(
    py: Python<'_>,
    channels: usize,
    kernel: usize,
    stride: usize,
    padding: ConvPadding,
    dilation: usize,
    groups: usize,
    bias: bool,
) -> PyResult<Conv> {
    let conv = Conv::new(channels, kernel)
        .stride(stride)
        .dilation(dilation)
        .groups(groups);
    let conv = match padding {
        ConvPadding::Pixels(pixels) => conv.padding(pixels),
        ConvPadding::Name(name) if name == "same" => conv.same_padding(),
        ConvPadding::Name(name) => {
            return Err(wrong_input(
                py,
                &format!("expected a padding in pixels or \"same\", found {name:?}"),
            ));
        }
    };
    Ok(match bias {
        true => conv.bias(),
        false => conv,
    })
}

/// A window of pooling. The stride is the kernel, unless another is given.
fn window(kernel: usize, stride: Option<usize>, padding: usize, ceil: bool) -> Window {
    let window = Window::square(kernel, stride.unwrap_or(kernel)).padded(padding);
    match ceil {
        true => window.rounded_up(),
        false => window,
    }
}

#[pymethods]
impl Graph {
    /// Adds a convolution with `channels` filters of `kernel` by `kernel` taps. `padding` is in pixels, or `"same"`.
    #[pyo3(signature = (name, x, channels, kernel, *, stride=1, padding=ConvPadding::Pixels(0), dilation=1, groups=1, bias=true))]
    #[pyo3(
        text_signature = "($self, name, x, channels, kernel, *, stride=1, padding=0, dilation=1, groups=1, bias=True)"
    )]
    #[allow(clippy::too_many_arguments, reason = "Python names them")]
    fn conv(
        &self,
        py: Python<'_>,
        name: &str,
        x: &Value,
        channels: usize,
        kernel: usize,
        stride: usize,
        padding: ConvPadding,
        dilation: usize,
        groups: usize,
        bias: bool,
    ) -> PyResult<Value> {
        let x = self.id(py, x)?;
        let conv = conv(
            py, channels, kernel, stride, padding, dilation, groups, bias,
        )?;
        self.layer(py, |scope| scope.conv(name, x, conv))
    }

    /// Adds a transposed convolution with `channels` filters of `kernel` by `kernel` taps.
    #[pyo3(signature = (name, x, channels, kernel, *, stride=1, padding=0, groups=1, bias=true))]
    #[allow(clippy::too_many_arguments, reason = "Python names them")]
    fn conv_transpose(
        &self,
        py: Python<'_>,
        name: &str,
        x: &Value,
        channels: usize,
        kernel: usize,
        stride: usize,
        padding: usize,
        groups: usize,
        bias: bool,
    ) -> PyResult<Value> {
        let x = self.id(py, x)?;
        let conv = conv(
            py,
            channels,
            kernel,
            stride,
            ConvPadding::Pixels(padding),
            1,
            groups,
            bias,
        )?;
        self.layer(py, |scope| scope.conv_transpose(name, x, conv))
    }

    /// The maximum of each window of `kernel` by `kernel` pixels. The stride is the kernel, unless another is given.
    #[pyo3(signature = (name, x, kernel, *, stride=None, padding=0, ceil=false))]
    #[allow(clippy::too_many_arguments, reason = "Python names them")]
    fn max_pool(
        &self,
        py: Python<'_>,
        name: &str,
        x: &Value,
        kernel: usize,
        stride: Option<usize>,
        padding: usize,
        ceil: bool,
    ) -> PyResult<Value> {
        let x = self.id(py, x)?;
        self.layer(py, |scope| {
            scope.max_pool(name, x, window(kernel, stride, padding, ceil))
        })
    }

    /// The mean of each window of `kernel` by `kernel` pixels. `count_padding` says whether the zeros of the padding are
    /// values.
    #[pyo3(signature = (name, x, kernel, *, stride=None, padding=0, ceil=false, count_padding=true))]
    #[allow(clippy::too_many_arguments, reason = "Python names them")]
    fn average_pool(
        &self,
        py: Python<'_>,
        name: &str,
        x: &Value,
        kernel: usize,
        stride: Option<usize>,
        padding: usize,
        ceil: bool,
        count_padding: bool,
    ) -> PyResult<Value> {
        let x = self.id(py, x)?;
        let window = window(kernel, stride, padding, ceil);
        self.layer(py, |scope| {
            scope.average_pool(name, x, window, count_padding)
        })
    }
}
