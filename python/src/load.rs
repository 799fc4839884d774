//! Loading a network.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use menagerie::gpu::AdapterChoice;
use menagerie::network::{Device, DeviceChoice, Notice};
use menagerie::preprocess::{Adjustments, Preprocess};
use menagerie::program::Precision;
use menagerie::{Error, ErrorKind, Labels, Network, NetworkBuilder, Result};
use pyo3::exceptions::PyUserWarning;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt};

use crate::calls;
use crate::errors::{exception, wrong_input};
use crate::graph::Graph;
use crate::network;
use crate::preprocess;
use crate::weights::GivenWeights;

/// Images in a batch on a GPU, unless another number is chosen. Software drivers take single images.
const BATCH: usize = 8;

/// Which network.
enum Named {
    /// Its name, or the path of its file.
    Name(String),
    Graph(Box<menagerie::graph::Graph>),
}

/// What `load` takes besides the network.
struct Options {
    weights: Option<GivenWeights>,
    device: DeviceChoice,
    batch: Option<usize>,
    size: Option<[usize; 2]>,
    labels: Option<Vec<String>>,
    layer: Option<String>,
    precision: Precision,
    keep_f32: Vec<String>,
    preprocess: Option<Adjustments>,
}

/// Loads a network, ready to run.
///
/// Args:
///     network: the name of a network (see `models`), the path of an ONNX file, or a `Graph`.
///     weights: `"hub"` for those of the Hugging Face Hub, which are downloaded once; the path of a safetensors or PyTorch
///         file; a dictionary of arrays by name, such as a state dict; `"synthetic:SEED"` for numbers that any framework
///         can reproduce. By default those that are in the package or on this machine.
///     device: a part of an adapter's name, its index in `adapters`, its PCI address, or `"cpu"` for plain loops on the
///         CPU. By default the fastest GPU.
///     batch: the most images in a run. By default 8 on a GPU and 1 on a software driver.
///     precision: how the device stores weights and activations, and multiplies them: `"f32"`; `"f16-storage"`, which takes
///         half the memory and still computes in f32; or `"f16"`, which multiplies by matrix units where the device has them.
///     size: height and width of the input in pixels. By default the size that the weights were trained for, and for
///         segmentation that of each image.
///     labels: the name of each class.
///     layer: the name of a layer whose result `embed` returns, such as `"layer3.5"`.
///     keep_f32: names of layers or modules that stay in f32.
///     preprocess: how an image becomes an input, where it is not as for the weights: a dictionary with `resize` (pixels of
///         the shorter side, or height and width), `crop` (the middle), `interpolation` (`"bilinear"`, `"bicubic"` or
///         `"nearest"`), `channels` (`"rgb"`, `"bgr"` or `"gray"`), and `mean` and `std` of pixels from 0 to 1.
///
/// Raises:
///     InputError: no such network, or arguments that it does not take.
///     WeightsError: no weights, or those of another network.
///     DeviceError: no such device.
///     AccessError: a file or a server that cannot be read.
///
/// >>> net = menagerie.load("mobilenet_v2")
/// >>> net.name, net.task, net.classes, net.input
/// ('mobilenet_v2', 'classify', 1000, (3, 224, 224))
#[pyfunction]
#[pyo3(signature = (network, weights=None, device=None, batch=None, precision="f32", *, size=None, labels=None, layer=None, keep_f32=None, preprocess=None))]
#[allow(clippy::too_many_arguments, reason = "Python names them")]
pub fn load(
    py: Python<'_>,
    network: &Bound<'_, PyAny>,
    weights: Option<&Bound<'_, PyAny>>,
    device: Option<&Bound<'_, PyAny>>,
    batch: Option<usize>,
    precision: &str,
    size: Option<[usize; 2]>,
    labels: Option<Vec<String>>,
    layer: Option<String>,
    keep_f32: Option<Vec<String>>,
    preprocess: Option<&Bound<'_, PyDict>>,
) -> PyResult<network::Network> {
    calls::check_process(py)?;
    let precision = precision.parse::<Precision>();
    let precision =
        precision.map_err(|expected| wrong_input(py, &format!("precision: {expected}")))?;
    let options = Options {
        weights: weights.map(GivenWeights::of).transpose()?,
        device: device.map_or(Ok(DeviceChoice::Any), device_choice)?,
        batch,
        size,
        labels,
        layer,
        precision,
        keep_f32: keep_f32.unwrap_or_default(),
        preprocess: preprocess.map(preprocess::adjustments).transpose()?,
    };
    let named = Named::of(network)?;
    let (loaded, notices) = calls::call(py, move |_| options.load(named))?;
    for notice in notices {
        let warnings = py.import("warnings")?;
        warnings.call_method1("warn", (notice, py.get_type::<PyUserWarning>(), 1))?;
    }
    network::Network::new(loaded).map_err(|error| exception(py, &error))
}

impl Named {
    fn of(network: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(graph) = network.cast::<Graph>() {
            return Ok(Named::Graph(Box::new(graph.get().graph())));
        }
        let name: PyResult<PathBuf> = network.extract();
        let name = name.map_err(|_| {
            let found = network.get_type();
            let expected = "expected the name of a network, the path of an ONNX file or a Graph";
            wrong_input(network.py(), &format!("{expected}, found a {found}"))
        })?;
        Ok(Named::Name(name.to_string_lossy().into_owned()))
    }

    /// The builder of the network with `weights`.
    fn builder<'a>(self, weights: Option<GivenWeights>) -> Result<NetworkBuilder<'a>> {
        match (self, weights) {
            (Named::Name(name), None) => Ok(Network::builder(name)),
            (Named::Name(name), Some(weights)) => {
                let weights = weights.of_zoo(&name)?;
                Ok(Network::builder(name).weights(weights))
            }
            (Named::Graph(graph), Some(weights)) => {
                Ok(Network::of_graph(*graph, weights.of_graph()?))
            }
            (Named::Graph(graph), None) => Err(Error::new(
                ErrorKind::MissingWeights,
                format!(
                    "{}: a graph of your own needs weights, found none",
                    graph.name()
                ),
            )),
        }
    }
}

impl Options {
    /// Loads `network` with these options, and returns what people should know about it.
    fn load(self, network: Named) -> Result<(Network, Vec<String>)> {
        let is_graph = matches!(network, Named::Graph(_));
        let mut builder = network.builder(self.weights)?;
        let notices = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&notices);
        builder = builder
            .device(self.device)
            .on_notice(move |notice| match notice {
                Notice::Downloading { .. } | Notice::DownloadEnded => {}
                notice => told
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(notice.to_string()),
            });
        builder = match self.batch {
            Some(batch) => builder.batch(batch),
            None => builder.batch_up_to(BATCH),
        };
        builder = builder.precision(self.precision);
        for name in self.keep_f32 {
            builder = builder.keep_f32(name);
        }
        if let Some([height, width]) = self.size {
            builder = builder.size(height, width);
        }
        if let Some(labels) = self.labels {
            builder = builder.labels(Labels::new(labels));
        }
        if let Some(layer) = self.layer {
            builder = builder.layer(layer);
        }
        builder = match self.preprocess {
            // Only weights have a preprocessing of their own.
            Some(known) if is_graph => builder.preprocess(Preprocess::IMAGENET.adjusted(&known)),
            Some(known) => builder.adjust(known),
            None => builder,
        };
        let mut network = builder.load()?;
        if self.batch.is_none() && !network.device().prefers_batches() {
            network.limit_batch(1);
        }
        let notices = std::mem::take(&mut *notices.lock().unwrap_or_else(PoisonError::into_inner));
        Ok((network, notices))
    }
}

fn device_choice(object: &Bound<'_, PyAny>) -> PyResult<DeviceChoice> {
    if object.is_instance_of::<PyInt>() {
        return Ok(AdapterChoice::Index(object.extract()?).into());
    }
    let name: String = object.extract().map_err(|_| {
        let found = object.get_type();
        wrong_input(
            object.py(),
            &format!("expected the name or the index of an adapter, or \"cpu\", found a {found}"),
        )
    })?;
    Ok(match name.eq_ignore_ascii_case("cpu") {
        true => Device::Reference.into(),
        false => AdapterChoice::Name(name).into(),
    })
}
