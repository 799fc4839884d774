//! The reference executor: every operation as plain loops on the CPU. Tests compare kernels with it, and it runs
//! networks without a GPU.
//!
//! Sums are computed in f64 and rounded to f32 once, so each operation adds one rounding to exact arithmetic on the
//! same f32 inputs.

mod batch_norm;
mod concat;
mod conv;
mod conv_pair;
mod conv_transpose;
mod crop;
mod evaluate;
mod group_norm;
mod layer_norm;
mod linear;
mod liveness;
mod local_response_norm;
mod mat_mul;
mod operand;
mod pad;
mod planes;
mod pointwise;
mod pool;
mod rearrange;
mod reduce;
mod resize;
mod softmax;
mod split;
mod winograd;

#[doc(hidden)]
pub use evaluate::evaluate;
pub use liveness::activation_bytes;
pub use operand::Operand;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Node, NodeId, ValueId};
use crate::tensor::{Images, Tensor};
use crate::turn::turn;
use crate::weights::Weights;
use liveness::{Liveness, Reader};

/// The most values of one result: 4 GiB of f32. The shapes of a weights file could otherwise ask for more memory
/// than the machine has.
const MAX_VALUES: usize = 1 << 30;

/// A network with its parameters, ready to run on all cores of the CPU.
pub struct Reference {
    graph: Graph,
    /// The values of each constant that a computed node reads.
    constants: Vec<Option<Operand<'static>>>,
    liveness: Liveness,
}

impl Reference {
    /// Loads the parameters of `graph` from `weights`.
    ///
    /// # Errors
    /// The same as [`Weights::bind`] and [`BoundWeights::values`](crate::weights::BoundWeights::values), and
    /// [`ErrorKind::Shape`] if the graph has no output.
    pub fn new(graph: Graph, weights: &Weights) -> Result<Self> {
        graph.answer()?;
        let weights = weights.bind(&graph)?;
        let liveness = Liveness::of(&graph);
        let mut constants: Vec<Option<Operand<'static>>> = vec![None; graph.values().len()];
        let outputs = graph.outputs().iter().map(|port| port.value);
        let reads = graph
            .computed()
            .filter(|(id, _)| liveness.is_needed[id.index()])
            .flat_map(|(_, node)| node.reads());
        for value in reads.chain(outputs) {
            let constant = &mut constants[value.index()];
            if constant.is_none()
                && let Some(known) = graph.constant(value)
            {
                let values = weights.values(&known, 0..known.count())?;
                *constant = Some(Operand::new(*graph.ty(value), 1, values)?);
            }
        }
        Ok(Self {
            graph,
            constants,
            liveness,
        })
    }

    /// Returns the network.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Runs a network with one input on a batch of any size, and returns the answer.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the images do not have the network's input shape, [`ErrorKind::Limit`] if a result
    /// would take more than 4 GiB.
    pub fn run(&self, input: &Tensor) -> Result<Tensor> {
        self.run_images(input.into())
    }

    /// Does the same as [`Reference::run`] with images of a tensor.
    pub(crate) fn run_images(&self, input: Images<'_>) -> Result<Tensor> {
        self.outputs_of(input)
            .map(|mut outputs| outputs.swap_remove(0))
    }

    /// Does the same as [`Reference::run`], and returns all [outputs](Graph::outputs) of the graph, the answer
    /// first.
    ///
    /// # Errors
    /// The same as [`Reference::run`].
    pub fn run_outputs(&self, input: &Tensor) -> Result<Vec<Tensor>> {
        self.outputs_of(input.into())
    }

    fn outputs_of(&self, input: Images<'_>) -> Result<Vec<Tensor>> {
        let expected = self.graph.input_shape()?;
        if input.shape() != expected {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "{}: expected images of {expected}, found {}",
                    self.graph.name(),
                    input.shape()
                ),
            ));
        }
        let ty = *self.graph.ty(self.graph.inputs()[0].value);
        let input = Operand::new(ty, input.batch(), input.data())?;
        let outputs = self.run_all(&[input])?.into_iter();
        outputs.map(Operand::into_tensor).collect()
    }

    /// Runs the network on `inputs` and returns all outputs. Inputs and outputs have the order of the graph's
    /// ports.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the inputs do not have the types of the graph's inputs, or differ in their numbers
    /// of images; [`ErrorKind::Limit`] if a result would take more than 4 GiB.
    pub fn run_all(&self, inputs: &[Operand<'_>]) -> Result<Vec<Operand<'static>>> {
        self.run_watched(inputs, &mut |_, _| Ok(()))
    }

    /// Does the same as [`Reference::run_all`], and calls `watch` with each node that is computed and each of its
    /// results. An error of it ends the run.
    pub(crate) fn run_watched(
        &self,
        inputs: &[Operand<'_>],
        watch: &mut dyn FnMut(&Node, &Operand<'_>) -> Result<()>,
    ) -> Result<Vec<Operand<'static>>> {
        let mut results = self.begun(inputs)?;
        for (id, _) in self.graph.computed() {
            self.step(id, &mut results, watch)?;
        }
        self.outputs(&results)
    }

    /// Does the same as [`Reference::run_all`], and yields to the executor of the future after each node.
    pub(crate) async fn run_in_turns(
        &self,
        inputs: &[Operand<'_>],
    ) -> Result<Vec<Operand<'static>>> {
        let mut results = self.begun(inputs)?;
        for (id, _) in self.graph.computed() {
            self.step(id, &mut results, &mut |_, _| Ok(()))?;
            turn().await;
        }
        self.outputs(&results)
    }

    /// The values that are known before a run: its inputs.
    fn begun<'i>(&self, inputs: &[Operand<'i>]) -> Result<Vec<Option<Operand<'i>>>> {
        self.check_inputs(inputs)?;
        let mut results: Vec<Option<Operand<'_>>> = vec![None; self.graph.values().len()];
        for (port, input) in self.graph.inputs().iter().zip(inputs) {
            results[port.value.index()] = Some(input.clone());
        }
        Ok(results)
    }

    /// Computes node `id` if it is needed, and drops the values that it is the last to read.
    fn step(
        &self,
        id: NodeId,
        results: &mut [Option<Operand<'_>>],
        watch: &mut dyn FnMut(&Node, &Operand<'_>) -> Result<()>,
    ) -> Result<()> {
        if !self.liveness.is_needed[id.index()] {
            return Ok(());
        }
        let node = self.graph.node(id);
        for (value, result) in node.results().iter().zip(self.compute(id, results)?) {
            watch(node, &result)?;
            results[value.index()] = Some(result);
        }
        for read in node.reads() {
            if self.liveness.last_readers[read.index()] == Some(Reader::Node(id)) {
                results[read.index()] = None;
            }
        }
        Ok(())
    }

    fn outputs(&self, results: &[Option<Operand<'_>>]) -> Result<Vec<Operand<'static>>> {
        let outputs = self.graph.outputs().iter();
        outputs
            .map(|port| {
                let output = self.find(port.value, results)?;
                Operand::new(*output.ty(), output.images(), output.data().to_vec())
            })
            .collect()
    }

    fn compute(
        &self,
        id: NodeId,
        results: &[Option<Operand<'_>>],
    ) -> Result<Vec<Operand<'static>>> {
        let node = self.graph.node(id);
        let inputs = node.inputs().iter();
        let inputs = inputs.map(|input| input.map(|id| self.find(id, results)).transpose());
        let mut inputs: Vec<Option<&Operand<'_>>> = inputs.collect::<Result<_>>()?;
        let expressed = self.apply_pre(id, &inputs, results)?;
        if let Some(expressed) = &expressed {
            inputs[0] = Some(expressed);
        }
        let mut computed =
            evaluate(node.op(), &inputs).map_err(|error| error.in_context(node.name()))?;
        if !node.post().is_identity() {
            let operands = node.operands().iter();
            let operands: Vec<&Operand<'_>> = operands
                .map(|&id| self.find(id, results))
                .collect::<Result<_>>()?;
            let before = computed.swap_remove(0);
            let (ty, images) = (*before.ty(), before.images());
            let mut values = before.data().to_vec();
            pointwise::apply_in_place(node.post(), &operands, ty.dims(), &mut values);
            computed.push(Operand::new(ty, images, values)?);
        }
        Ok(computed)
    }

    /// Applies the expression before node `id` to its first input. Returns `None` if there is none.
    fn apply_pre(
        &self,
        id: NodeId,
        inputs: &[Option<&Operand<'_>>],
        results: &[Option<Operand<'_>>],
    ) -> Result<Option<Operand<'static>>> {
        let node = self.graph.node(id);
        let Some(input) = inputs.first().copied().flatten() else {
            return Ok(None);
        };
        if node.pre().is_identity() {
            return Ok(None);
        }
        let mut operands = vec![input];
        for &operand in node.pre_operands() {
            operands.push(self.find(operand, results)?);
        }
        let mut values = vec![0.0; input.data().len()];
        pointwise::pointwise(node.pre(), &operands, input.ty().dims(), &mut values);
        Operand::new(*input.ty(), input.images(), values).map(Some)
    }

    fn find<'a>(
        &'a self,
        value: ValueId,
        results: &'a [Option<Operand<'a>>],
    ) -> Result<&'a Operand<'a>> {
        let found = results[value.index()].as_ref();
        let found = found.or(self.constants[value.index()].as_ref());
        found.ok_or_else(|| {
            // Only a graph with nodes in a wrong order can cause this.
            let name = self.graph.value(value).name();
            Error::new(
                ErrorKind::Shape,
                format!("{name}: read before it is computed"),
            )
        })
    }

    /// Checks that `inputs` have the types of the graph's inputs and the same number of images.
    fn check_inputs(&self, inputs: &[Operand<'_>]) -> Result<()> {
        let refused = |message: String| {
            let message = format!("{}: {message}", self.graph.name());
            Err(Error::new(ErrorKind::Input, message))
        };
        let ports = self.graph.inputs();
        if inputs.len() != ports.len() {
            return refused(format!(
                "expected {} inputs, found {}",
                ports.len(),
                inputs.len()
            ));
        }
        let mut images = None;
        for (port, input) in ports.iter().zip(inputs) {
            let expected = self.graph.ty(port.value);
            if input.ty() != expected {
                let (name, found) = (&port.name, input.ty());
                return refused(format!("expected {name} of {expected}, found {found}"));
            }
            if input.ty().is_per_image() {
                let count = *images.get_or_insert(input.images());
                if count != input.images() {
                    return refused(format!(
                        "expected {count} images of {}, like in the other inputs, found {}",
                        port.name,
                        input.images()
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Checks that a result of `values` values is small enough.
fn check_size(values: usize) -> Result<()> {
    if values <= MAX_VALUES {
        return Ok(());
    }
    let bytes = |values: usize| values.saturating_mul(size_of::<f32>());
    Err(Error::new(
        ErrorKind::Limit,
        format!(
            "a tensor of {} bytes does not fit: the reference executor allows {} bytes; try a smaller batch or size",
            bytes(values),
            bytes(MAX_VALUES)
        ),
    ))
}
