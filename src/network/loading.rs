//! What a network is loaded from.

use super::{Network, NetworkBuilder};
use crate::error::Result;
use crate::graph::Graph;
#[cfg(feature = "onnx")]
use crate::onnx::Model;
use crate::weights::Weights;
#[cfg(doc)]
use crate::zoo;

impl Network {
    /// Returns the options of the network `name` of the [zoo], or of the ONNX file at the path `name`, which ends in
    /// `.onnx` (feature `onnx`). Without changes, they are those of [`Network::load`].
    pub fn builder<'a>(name: impl Into<String>) -> NetworkBuilder<'a> {
        NetworkBuilder::of_zoo(name.into())
    }

    /// Returns the options of the network of an open ONNX file, such as one in memory (feature `onnx`). Preprocessing and
    /// labels are those of its metadata, as for a file at a path. Files beside it count only if it was opened at a path.
    ///
    /// ```no_run
    /// use menagerie::Network;
    /// use menagerie::onnx::Model;
    ///
    /// let model = Model::from_bytes("birds.onnx", std::fs::read("birds.onnx")?)?;
    /// let network = Network::of_model(model).load()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "onnx")]
    pub fn of_model<'a>(model: Model) -> NetworkBuilder<'a> {
        NetworkBuilder::of_model(model)
    }

    /// Returns the options of your own network. For tasks with photos, it needs one image as its input and a
    /// [preprocessing](NetworkBuilder::preprocess). Its first output is the answer: a score for each class, or for each
    /// pixel and class. With [`Network::run_named`], it can have any inputs and outputs.
    ///
    /// ```
    /// use menagerie::graph::{Conv, network};
    /// use menagerie::network::Device;
    /// use menagerie::preprocess::Preprocess;
    /// use menagerie::tensor::Shape;
    /// use menagerie::weights::Weights;
    /// use menagerie::{Network, Photo};
    ///
    /// let graph = network("night_or_day", |net| {
    ///     let x = net.image("photo", Shape::new(3, 32, 32))?;
    ///     let x = net.conv("conv", x, Conv::new(8, 3).bias())?;
    ///     let x = net.relu("relu", x)?;
    ///     let x = net.global_average_pool("pool", x)?;
    ///     let x = net.linear("classes", x, 2)?;
    ///     net.output("scores", x)
    /// })?;
    /// let mut network = Network::of_graph(graph, Weights::synthetic(0))
    ///     .preprocess(Preprocess::IMAGENET)
    ///     .labels(["night", "day"])
    ///     .device(Device::Reference)
    ///     .load()?;
    /// let grey = Photo::new(40, 30, vec![128; 3 * 40 * 30])?;
    /// println!("{}", network.classify(&grey)?.top(1)[0].label);
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    pub fn of_graph<'a>(graph: Graph, weights: Weights) -> NetworkBuilder<'a> {
        NetworkBuilder::of_graph(graph, weights)
    }

    /// Loads the network `name` of the zoo with the weights that are found on this machine, or the ONNX file at the path
    /// `name`. It runs on the fastest GPU,
    /// or on the CPU if there is no GPU.
    ///
    /// # Errors
    /// The same as [`NetworkBuilder::load_async`].
    pub async fn load_async(name: impl Into<String>) -> Result<Self> {
        Self::builder(name).load_async().await
    }
}
