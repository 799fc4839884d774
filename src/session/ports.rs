//! A session's inputs and outputs, by name.

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
    /// The answer first.
    pub outputs: Vec<Named>,
    /// Of the outputs.
    pub names: Arc<[String]>,
}

/// A place, and the name that the graph has for what is there.
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

/// An input of a session. Where one is asked for, a session stands for its first.
#[derive(Clone, Copy)]
pub struct Input<'a>(Port<'a>);

/// An output of a session. Where one is asked for, a session stands for its answer.
#[derive(Clone, Copy)]
pub struct Output<'a>(Port<'a>);

impl<'a> Port<'a> {
    /// The name that the graph has for it.
    pub fn name(&self) -> &'a str {
        &self.named.name
    }

    /// Shape of one image.
    pub fn shape(&self) -> Shape {
        self.named.view.shape
    }

    /// Whose it is.
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
    /// Its inputs.
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = Input<'_>> {
        self.ports(&self.ports.inputs).map(Input)
    }

    /// Its outputs, the answer first: those of the graph.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = Output<'_>> {
        self.ports(&self.ports.outputs).map(Output)
    }

    /// The input of this name.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] where there is none, listing those there are.
    pub fn input(&self, name: &str) -> Result<Input<'_>> {
        let mut inputs = self.inputs();
        let found = inputs.find(|input| input.name() == name);
        found.ok_or_else(|| self.unknown("input", name, &self.ports.inputs))
    }

    /// The output of this name.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] where there is none, listing those there are.
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
        let names: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
        let names = names.join(", ");
        let message = format!("{network} has no {kind} {name:?}; there are: {names}");
        Error::new(ErrorKind::Input, message)
    }
}

/// What a run left in all outputs of a network, the answer first.
pub struct Outputs {
    names: Arc<[String]>,
    tensors: Vec<Tensor>,
}

impl Outputs {
    /// `tensors` under these names, in the same order.
    pub(crate) fn new(names: impl Into<Arc<[String]>>, tensors: Vec<Tensor>) -> Self {
        Self {
            names: names.into(),
            tensors,
        }
    }

    /// The output of this name, if there is one.
    pub fn get(&self, name: &str) -> Option<&Tensor> {
        let mut outputs = self.iter();
        let found = outputs.find(|(other, _)| *other == name);
        found.map(|(_, tensor)| tensor)
    }

    /// Each with its name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Tensor)> {
        self.names.iter().map(String::as_str).zip(&self.tensors)
    }

    /// Without their names.
    pub fn into_tensors(self) -> Vec<Tensor> {
        self.tensors
    }
}
