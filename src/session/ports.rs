//! The inputs and outputs of a session, by name.

use std::ops::Deref;
use std::sync::Arc;

use super::Session;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::View;
use crate::program::{self, Program};
use crate::tensor::Shape;
use crate::tensor::Tensor;

/// The inputs and outputs of a session.
pub(super) struct Ports {
    pub inputs: Vec<Named>,
    /// The main output first.
    pub outputs: Vec<Named>,
    /// Names of the outputs.
    pub names: Arc<[String]>,
}

/// A tensor of the session, and its name in the graph.
pub(super) struct Named {
    pub name: String,
    pub view: View,
}

impl Ports {
    pub fn new(program: &Program) -> Self {
        let named = |port: &program::Port| Named {
            name: port.name.clone(),
            view: port.view,
        };
        Self {
            inputs: program.inputs().iter().map(named).collect(),
            outputs: program.outputs().iter().map(named).collect(),
            names: program
                .outputs()
                .iter()
                .map(|port| port.name.clone())
                .collect(),
        }
    }
}

/// An input or an output of a session.
#[derive(Clone, Copy)]
pub struct Port<'a> {
    session: &'a Session,
    named: &'a Named,
}

/// An input of a session. A `&Session` converts to its first input.
#[derive(Clone, Copy)]
pub struct Input<'a>(Port<'a>);

/// An output of a session. A `&Session` converts to its main output.
#[derive(Clone, Copy)]
pub struct Output<'a>(Port<'a>);

impl<'a> Port<'a> {
    /// Its name in the graph.
    pub fn name(&self) -> &'a str {
        &self.named.name
    }

    /// Shape of one image.
    pub fn shape(&self) -> Shape {
        self.named.view.shape
    }

    /// Its session.
    pub fn session(&self) -> &'a Session {
        self.session
    }

    pub(crate) fn view(&self) -> &'a View {
        &self.named.view
    }
}

impl<'a> Deref for Input<'a> {
    type Target = Port<'a>;

    fn deref(&self) -> &Port<'a> {
        &self.0
    }
}

impl<'a> Deref for Output<'a> {
    type Target = Port<'a>;

    fn deref(&self) -> &Port<'a> {
        &self.0
    }
}

impl<'a> From<&'a Session> for Input<'a> {
    fn from(session: &'a Session) -> Self {
        let named = &session.ports.inputs[0];
        Self(Port { session, named })
    }
}

impl<'a> From<&'a Session> for Output<'a> {
    fn from(session: &'a Session) -> Self {
        let named = &session.ports.outputs[0];
        Self(Port { session, named })
    }
}

impl Session {
    /// The inputs, in the graph's order.
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = Input<'_>> {
        self.ports(&self.ports.inputs).map(Input)
    }

    /// The outputs, in the graph's order. The first is the main output, the answer of the graph.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = Output<'_>> {
        self.ports(&self.ports.outputs).map(Output)
    }

    /// The input called `name`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is no such input. The message lists all inputs.
    pub fn input(&self, name: &str) -> Result<Input<'_>> {
        let mut inputs = self.inputs();
        let found = inputs.find(|input| input.name() == name);
        found.ok_or_else(|| self.unknown("input", name, &self.ports.inputs))
    }

    /// The output called `name`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is no such output. The message lists all outputs.
    pub fn output(&self, name: &str) -> Result<Output<'_>> {
        let mut outputs = self.outputs();
        let found = outputs.find(|output| output.name() == name);
        found.ok_or_else(|| self.unknown("output", name, &self.ports.outputs))
    }

    fn ports<'a>(&'a self, named: &'a [Named]) -> impl ExactSizeIterator<Item = Port<'a>> {
        let session = self;
        named.iter().map(move |named| Port { session, named })
    }

    fn unknown(&self, kind: &str, name: &str, ports: &[Named]) -> Error {
        let network = self.program.name();
        let named = |port: &Named| format!("{} ({})", port.name, port.view.shape);
        let names = ports.iter().map(named).collect::<Vec<_>>().join(", ");
        let message = format!("{network} has no {kind} {name:?}; there are: {names}");
        Error::new(ErrorKind::Input, message)
    }
}

/// The tensors of all outputs of a run, by name. The first is the main output.
pub struct Outputs {
    names: Arc<[String]>,
    tensors: Vec<Tensor>,
}

impl Outputs {
    /// Outputs with these names and tensors, in the same order.
    pub(crate) fn new(names: impl Into<Arc<[String]>>, tensors: Vec<Tensor>) -> Self {
        Self {
            names: names.into(),
            tensors,
        }
    }

    /// The output called `name`, or `None` if there is none.
    pub fn get(&self, name: &str) -> Option<&Tensor> {
        let mut outputs = self.iter();
        let found = outputs.find(|(other, _)| *other == name);
        found.map(|(_, tensor)| tensor)
    }

    /// All outputs, each with its name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Tensor)> {
        self.names.iter().map(String::as_str).zip(&self.tensors)
    }

    /// The tensors without their names.
    pub fn into_tensors(self) -> Vec<Tensor> {
        self.tensors
    }
}
