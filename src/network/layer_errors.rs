//! How far the result of each layer is from the same layer in f32.

use super::finite::windows;
use super::{Device, Network};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::kernels::Format;
use crate::passes;
use crate::program::{Planning, Precision, Program};
use crate::session::{Parameters, Session, SessionOptions};
use crate::tensor::{Images, Tensor};

/// How far the result of a layer in a lower precision is from the same layer in f32. All layers before it are in the lower
/// precision, too.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LayerError {
    /// Name of the layer.
    pub layer: String,
    /// Its operation, with what is fused into it, as in the listing of a plan.
    pub operation: String,
    /// Whether its result is stored in f32, see [`NetworkBuilder::keep_f32`](super::NetworkBuilder::keep_f32).
    pub is_f32: bool,
    /// The largest magnitude of its result in f32.
    pub largest: f32,
    /// The largest difference of a value.
    pub difference: f32,
    /// Whether a value is beyond the range of the precision, and was clamped.
    pub beyond_range: bool,
}

impl LayerError {
    /// The largest difference over the largest magnitude. It is 0 if all values are equal.
    pub fn relative(&self) -> f64 {
        match self.difference {
            0.0 => 0.0,
            difference => f64::from(difference) / f64::from(self.largest),
        }
    }

    /// The layer of `layers` where precision is lost first: the first one with at least half of the largest relative error of
    /// all. `None` if no layer has an error.
    pub fn first_loss(layers: &[Self]) -> Option<&Self> {
        let errors = layers.iter().map(Self::relative);
        let largest = errors.fold(0.0, f64::max);
        let mut layers = layers.iter().filter(|_| largest > 0.0);
        layers.find(|layer| layer.relative() >= largest / 2.0)
    }
}

impl Network {
    /// Runs the network on `inputs` in its [precision](super::NetworkBuilder::precision) and in f32, and compares the results of
    /// all layers, in their order. It takes the first batch of the images. Values beyond the range are clamped, so a layer whose
    /// overflow is absorbed by a later one is seen as well. Layers are those after the passes, as
    /// [`Program`] lists them.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the precision is f32; [`ErrorKind::Unsupported`] on the reference executor; as
    /// [`Network::run_named_async`].
    pub async fn layer_errors_async(
        &mut self,
        inputs: &[(&str, &Tensor)],
    ) -> Result<Vec<LayerError>> {
        if self.precision == Precision::F32 {
            let message = format!(
                "{}: expected a precision below f32 to compare with f32",
                self.name()
            );
            return Err(Error::new(ErrorKind::Input, message));
        }
        let Device::Gpu(gpu) = self.device.clone() else {
            let message = "the reference executor has one precision";
            return Err(Error::new(ErrorKind::Unsupported, message));
        };
        let wanted = self.named(inputs)?;
        let source = self.graph(wanted.input)?;
        let graph = passes::optimize(&source, &self.passes)?;
        let planning = self.planning(&gpu, &source, &graph)?;
        let parameters = self.parameters(&gpu, &graph, wanted)?;
        let inputs = inputs.iter();
        let inputs = inputs.map(|&(name, tensor)| (name, Images::first(tensor, self.batch)));
        let inputs: Vec<(&str, Images<'_>)> = inputs.collect();
        let mut layers = Vec::new();
        for window in windows(&graph, self.batch) {
            let mut part = graph.clone();
            let first = part.outputs().len();
            for (_, id) in &window {
                part.add_output(format!("result {id}"), *id)?;
            }
            let exact = planning.clone().precision(Precision::F32);
            let (exact, _) = outputs(&part, &parameters, &exact, &inputs).await?;
            let (found, stored) = outputs(&part, &parameters, &planning, &inputs).await?;
            let results = exact.iter().zip(&found).zip(stored).skip(first);
            for ((node, id), ((exact, found), format)) in window.into_iter().zip(results) {
                let operation = graph
                    .value(id)
                    .node()
                    .map_or_else(String::new, |node| graph.described(node));
                layers.push(compared(node.name(), operation, exact, found, format));
            }
        }
        Ok(layers)
    }
}

/// The outputs of `graph` for `inputs`, planned so, and the formats in which they are stored.
async fn outputs(
    graph: &Graph,
    parameters: &Parameters,
    planning: &Planning,
    inputs: &[(&str, Images<'_>)],
) -> Result<(Vec<Tensor>, Vec<Format>)> {
    let program = Program::new(graph, parameters.gpu().profile(), planning)?;
    let options = SessionOptions {
        clamp: true,
        ..SessionOptions::default()
    };
    let session = Session::of_program_async(&program, parameters, &options);
    let outputs = session.await?.run_named_images(inputs).await?;
    let formats = program.outputs().iter().map(|port| port.view.format);
    Ok((outputs.into_tensors(), formats.collect()))
}

fn compared(
    layer: &str,
    operation: String,
    exact: &Tensor,
    found: &Tensor,
    format: Format,
) -> LayerError {
    let magnitude = |tensor: &Tensor| {
        let values = tensor.data().iter().map(|value| value.abs());
        values.fold(0.0, f32::max)
    };
    let pairs = exact.data().iter().zip(found.data());
    // Equal infinities have no difference.
    let differences = pairs.map(|(exact, found)| match exact == found {
        true => 0.0,
        false => (exact - found).abs(),
    });
    LayerError {
        layer: layer.to_owned(),
        operation,
        is_f32: format == Format::F32,
        largest: magnitude(exact),
        difference: differences.fold(0.0, f32::max),
        beyond_range: format == Format::F16 && magnitude(found) >= half::f16::MAX.to_f32(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_loss_has_half_of_the_largest_error() {
        let layer = |layer: &str, largest, difference| LayerError {
            layer: layer.to_owned(),
            operation: String::new(),
            is_f32: false,
            largest,
            difference,
            beyond_range: false,
        };
        let layers = [
            layer("a", 100.0, 0.1),
            layer("b", 1.0, 0.02),
            layer("c", 0.0, 0.0),
            layer("d", 10.0, 0.3),
        ];
        let first =
            |layers: &[LayerError]| LayerError::first_loss(layers).map(|layer| layer.layer.clone());
        assert_eq!(first(&layers).as_deref(), Some("b"));
        assert_eq!(first(&layers[..1]).as_deref(), Some("a"));
        assert_eq!(first(&layers[2..3]), None);
    }
}
