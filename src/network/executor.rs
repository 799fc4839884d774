//! A network that is ready to run at one size.

use crate::error::{Error, ErrorKind, Result};
use crate::reference::{Operand, Reference};
use crate::session::{Outputs, Session};
use crate::tensor::Tensor;

/// The executor of a network.
pub(super) enum Executor {
    /// Kernels on a GPU.
    Gpu(Box<Session>),
    /// Plain loops on the CPU.
    Reference(Box<Reference>),
}

impl Executor {
    /// The answer for `input`, with at most the number of images that it was prepared for.
    pub async fn run(&mut self, input: &Tensor) -> Result<Tensor> {
        match self {
            Executor::Gpu(session) => session.run_async(input).await,
            Executor::Reference(reference) => reference.run(input),
        }
    }

    /// The same as [`Executor::run`], with all outputs of the graph, the answer first.
    pub async fn run_outputs(&mut self, input: &Tensor) -> Result<Vec<Tensor>> {
        match self {
            Executor::Gpu(session) => session.run_outputs_async(input).await,
            Executor::Reference(reference) => reference.run_outputs(input),
        }
    }

    /// The same as [`Executor::run_outputs`], with every input and every output by its name.
    pub async fn run_named(&mut self, inputs: &[(&str, &Tensor)]) -> Result<Outputs> {
        match self {
            Executor::Gpu(session) => session.run_named_async(inputs).await,
            Executor::Reference(reference) => run_named(reference, inputs),
        }
    }
}

/// The same as [`Session::run_named_async`].
fn run_named(reference: &Reference, inputs: &[(&str, &Tensor)]) -> Result<Outputs> {
    let graph = reference.graph();
    let refused = |what: String| {
        let message = format!("{} {what}", graph.name());
        Err(Error::new(ErrorKind::Input, message))
    };
    let ports = graph.inputs();
    if let Some((name, _)) = inputs
        .iter()
        .find(|(name, _)| ports.iter().all(|port| port.name != *name))
    {
        let names: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
        return refused(format!(
            "has no input {name:?}; there are: {}",
            names.join(", ")
        ));
    }
    let mut operands = Vec::new();
    for port in ports {
        let mut given = inputs.iter().filter(|(name, _)| *name == port.name);
        let (Some((_, tensor)), None) = (given.next(), given.next()) else {
            return refused(format!("takes one tensor as input {:?}", port.name));
        };
        let (ty, found) = (*graph.ty(port.value), tensor.shape());
        if ty.tensor_shape() != Some(found) {
            return refused(format!(
                "takes {ty} as input {:?}, found {found}",
                port.name
            ));
        }
        operands.push(Operand::new(ty, tensor.batch(), tensor.data())?);
    }
    let outputs = reference.run_all(&operands)?.into_iter();
    let names: Vec<String> = graph
        .outputs()
        .iter()
        .map(|port| port.name.clone())
        .collect();
    Ok(Outputs::new(
        names,
        outputs.map(Operand::into_tensor).collect::<Result<_>>()?,
    ))
}
