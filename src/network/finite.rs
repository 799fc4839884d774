//! Runs with finite inputs and finite answers. If an answer is not finite, the layers are computed again without fusions, and
//! the error names the first one whose result is not finite.

use super::executor::Executor;
use super::prepared::Prepared;
use crate::error::{Error, ErrorKind, Result};
use crate::frame::{TextureInput, TextureSource};
use crate::graph::{Graph, Node, ValueId};
use crate::preprocess::Preprocess;
use crate::program::{Planning, Program};
use crate::reference::{Operand, Reference};
use crate::session::{Session, SessionOptions};
use crate::tensor::{Images, Tensor, first_not_finite, largest_magnitude};
use crate::weights::Weights;

/// The most bytes of results that one run keeps to find a layer. A layer with a larger result has a run of its own.
const KEPT_BYTES: usize = 64 << 20;

/// From this size on, parameters and inputs count as large. Those of trained networks are far below, and if all are, the
/// products and sums of many layers stay finite.
const LARGE: f32 = 1e9;

/// Inputs of a run with their names.
pub(super) type Inputs<'a> = [(&'a str, Images<'a>)];

impl Prepared {
    /// The answer for `input`; see [`Executor::run`].
    ///
    /// # Errors
    /// Those of the executor. Unless other values are allowed, [`ErrorKind::Input`] if a value of the input is NaN or
    /// infinite, and [`ErrorKind::NotFinite`] if a value of the answer is.
    pub async fn run(&mut self, input: Images<'_>) -> Result<Tensor> {
        self.check_inputs(&[(self.input_name(), input)])?;
        let answer = self.executor.run(input).await?;
        let what = self.found([&answer]);
        self.check(&[(self.input_name(), input)], what).await?;
        Ok(answer)
    }

    /// All outputs of the graph for `input`; see [`Executor::run_outputs`].
    ///
    /// # Errors
    /// The same as [`Prepared::run`].
    pub async fn run_outputs(&mut self, input: &Tensor) -> Result<Vec<Tensor>> {
        self.check_inputs(&[(self.input_name(), input.into())])?;
        let outputs = self.executor.run_outputs(input).await?;
        let what = self.found(&outputs);
        self.check(&[(self.input_name(), input.into())], what)
            .await?;
        Ok(outputs)
    }

    /// All outputs of the graph for all its inputs; see [`Executor::run_all`].
    ///
    /// # Errors
    /// The same as [`Prepared::run`].
    pub async fn run_all(&mut self, inputs: &Inputs<'_>) -> Result<Vec<Tensor>> {
        self.check_inputs(inputs)?;
        let outputs = self.executor.run_all(inputs).await?;
        let what = self.found(&outputs);
        self.check(inputs, what).await?;
        Ok(outputs)
    }

    /// All outputs of the graph for one image that the device preprocesses.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] on the reference executor; as [`TextureInput::new_async`] and [`Prepared::run`]. The host
    /// does not know the input, so no layer is named.
    pub async fn run_texture(
        &mut self,
        source: &TextureSource<'_>,
        preprocess: &Preprocess,
    ) -> Result<Vec<Tensor>> {
        let Executor::Gpu(session) = &mut self.executor else {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "the reference executor reads photos in host memory, found a texture",
            ));
        };
        let input = TextureInput::new_async(&**session, source, preprocess, 0).await?;
        let outputs = session.run_recorded_async(|encoder| input.record(encoder));
        let outputs = outputs.await?;
        let what = self.found(&outputs);
        self.check(&[], what).await?;
        Ok(outputs)
    }

    pub(super) fn input_name(&self) -> &str {
        let first = self.graph.inputs().first();
        first.map_or("input", |port| &port.name)
    }

    pub(super) fn check_inputs(&self, inputs: &Inputs<'_>) -> Result<()> {
        if self.allows_non_finite {
            return Ok(());
        }
        for (name, tensor) in inputs {
            if let Some(what) = found(tensor.data()) {
                let message = format!("{}: {name}: {what}", self.graph.name());
                return Err(Error::new(ErrorKind::Input, message));
            }
        }
        Ok(())
    }

    /// What is found in `outputs` instead of finite values, unless other values are allowed.
    pub(super) fn found<'t>(
        &self,
        outputs: impl IntoIterator<Item = &'t Tensor>,
    ) -> Option<String> {
        let mut outputs = outputs.into_iter();
        match self.allows_non_finite {
            true => None,
            false => outputs.find_map(|output| found(output.data())),
        }
    }

    /// Checks a run with `inputs`. `answer` is what its outputs have instead of finite values.
    ///
    /// A device may hide a NaN: its maximum with 0 can be 0. So if parameters or inputs are large enough for an overflow,
    /// the results of all layers are checked.
    pub(super) async fn check(&self, inputs: &Inputs<'_>, answer: Option<String>) -> Result<()> {
        if self.allows_non_finite {
            return Ok(());
        }
        let inputs_largest = inputs
            .iter()
            .map(|(_, input)| largest_magnitude(input.data()));
        let largest = inputs_largest.fold(self.weights.largest(), f32::max);
        if answer.is_none() && largest < LARGE {
            return Ok(());
        }
        let layer = match &self.executor {
            Executor::Gpu(session) => first_of_session(session, &self.graph, inputs).await,
            Executor::Reference(_) => first_of_reference(&self.graph, &self.weights, inputs),
        };
        let message = match (layer, answer) {
            (Ok(Some(layer)), _) => format!("{layer}, the first layer with such a result"),
            // Kernels may round differently if the results of all layers are kept, and the device may lack the memory.
            (_, Some(what)) => format!("its answer: {what}"),
            (Ok(None), None) => return Ok(()),
            (Err(error), None) => return Err(error),
        };
        let message = format!("{}: {message}", self.graph.name());
        Err(Error::new(ErrorKind::NotFinite, message))
    }
}

/// The first layer with a result that is not finite, as the reference executor computes it.
fn first_of_reference(
    graph: &Graph,
    weights: &Weights,
    inputs: &Inputs<'_>,
) -> Result<Option<String>> {
    let reference = Reference::new(graph.clone(), weights)?;
    let operands = graph.inputs().iter().filter_map(|port| {
        let (_, tensor) = inputs.iter().find(|(name, _)| *name == port.name)?;
        let ty = *graph.ty(port.value);
        Some(Operand::new(ty, tensor.batch(), tensor.data()))
    });
    let operands: Vec<Operand<'_>> = operands.collect::<Result<_>>()?;
    let mut first = None;
    let run = reference.run_watched(&operands, &mut |node, result| {
        let Some(what) = found(result.data()) else {
            return Ok(());
        };
        first = Some(described(node, &what));
        Err(Error::new(ErrorKind::NotFinite, what))
    });
    match first {
        None => run.map(|_| None),
        first => Ok(first),
    }
}

/// The first layer with a result that is not finite, as the device of `session` computes it.
async fn first_of_session(
    session: &Session,
    graph: &Graph,
    inputs: &Inputs<'_>,
) -> Result<Option<String>> {
    let (gpu, batch) = (session.gpu(), session.program().batch());
    for layers in windows(graph, batch) {
        let names: Vec<String> = layers.iter().map(|(_, id)| id.to_string()).collect();
        let ends = names.iter().zip(&layers);
        let ends: Vec<(&str, ValueId)> = ends.map(|(name, (_, id))| (name.as_str(), *id)).collect();
        let part = graph.ending_at(&ends)?;
        let planning = Planning::of_batch(batch)
            .tuned(gpu.tuning().clone())
            .precision(session.program().precision());
        let program = Program::new(&part, gpu.profile(), &planning)?;
        let options = SessionOptions {
            clamp: true,
            ..SessionOptions::default()
        };
        let part = Session::of_program_async(&program, session.parameters(), &options);
        let results = part.await?.run_named_images(inputs).await?;
        let mut results = layers.iter().zip(results.iter());
        let first = results.find_map(|((node, _), (_, result))| {
            found(result.data()).map(|what| described(node, &what))
        });
        if first.is_some() {
            return Ok(first);
        }
    }
    Ok(None)
}

/// The results of all layers in their order, each part small enough to be kept at once.
pub(super) fn windows(graph: &Graph, batch: usize) -> Vec<Vec<(&Node, ValueId)>> {
    let mut windows = vec![Vec::new()];
    let mut bytes = 0_usize;
    for (_, node) in graph.computed() {
        for &id in node.results() {
            let ty = graph.ty(id);
            if !ty.element().is_on_devices() {
                continue;
            }
            let more = ty.count().saturating_mul(batch * size_of::<f32>());
            if bytes > 0 && bytes.saturating_add(more) > KEPT_BYTES {
                windows.push(Vec::new());
                bytes = 0;
            }
            bytes = bytes.saturating_add(more);
            if let Some(window) = windows.last_mut() {
                window.push((node, id));
            }
        }
    }
    windows.retain(|window| !window.is_empty());
    windows
}

fn described(node: &Node, what: &str) -> String {
    format!("{} ({}): {what}", node.name(), node.op().kind())
}

/// What is found instead of finite values.
fn found(values: &[f32]) -> Option<String> {
    let index = first_not_finite(values)?;
    let found = values[index];
    Some(format!(
        "expected finite values, found {found} at index {index}"
    ))
}
