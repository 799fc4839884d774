//! A network that is ready to run at one size.

use crate::error::Result;
use crate::reference::{Operand, Reference};
use crate::session::Session;
use crate::tensor::{Images, Tensor};

/// The executor of a network.
pub(super) enum Executor {
    /// Kernels on a GPU.
    Gpu(Box<Session>),
    /// Plain loops on the CPU.
    Reference(Box<Reference>),
}

impl Executor {
    /// The answer for `input`, with at most the number of images that it was prepared for.
    pub async fn run(&mut self, input: Images<'_>) -> Result<Tensor> {
        match self {
            Executor::Gpu(session) => session.run_images(&[input]).await,
            Executor::Reference(reference) => reference.run_images(input),
        }
    }

    /// The same as [`Executor::run`], with all outputs of the graph, the answer first.
    pub async fn run_outputs(&mut self, input: &Tensor) -> Result<Vec<Tensor>> {
        match self {
            Executor::Gpu(session) => session.run_outputs_async(input).await,
            Executor::Reference(reference) => reference.run_outputs(input),
        }
    }

    /// The tensors of all outputs in the graph's order, for images of each input in the graph's order.
    pub async fn run_all(&mut self, inputs: &[(&str, Images<'_>)]) -> Result<Vec<Tensor>> {
        match self {
            Executor::Gpu(session) => Ok(session.run_named_images(inputs).await?.into_tensors()),
            Executor::Reference(reference) => run_all(reference, inputs),
        }
    }
}

fn run_all(reference: &Reference, inputs: &[(&str, Images<'_>)]) -> Result<Vec<Tensor>> {
    let graph = reference.graph();
    let operands = graph
        .inputs()
        .iter()
        .zip(inputs)
        .map(|(port, (_, images))| {
            Operand::new(*graph.ty(port.value), images.batch(), images.data())
        });
    let operands: Vec<Operand<'_>> = operands.collect::<Result<_>>()?;
    let outputs = reference.run_all(&operands)?.into_iter();
    outputs.map(Operand::into_tensor).collect()
}
