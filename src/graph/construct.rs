//! The constructors of a graph. Each method checks what it adds.

use std::sync::Arc;

use super::{Graph, Name, Node, NodeId, Op, Origin, Pointwise, Port, Value, ValueId, refused};
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{HostTensor, Type};

/// The most operations that compute a constant. An operation counts once for each read of its result, because
/// constants are followed, compared and computed by recursion: a chain of nodes that add a constant to itself
/// doubles the work with each node.
const MAX_CONSTANT_STEPS: usize = 256;

impl Graph {
    /// Adds an input and returns its id.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if another input has this name, or devices do not support the element type.
    pub fn add_input(&mut self, name: impl Into<String>, ty: Type) -> Result<ValueId> {
        let name = name.into();
        if self.inputs.iter().any(|port| port.name == name) {
            return Err(refused(&name, "another input has this name".into()));
        }
        if !ty.element().is_on_devices() {
            return Err(refused(
                &name,
                format!("expected an element type that devices support, found {ty}"),
            ));
        }
        let value = self.add_value(name.as_str().into(), ty, Origin::Input, None)?;
        self.inputs.push(Port { name, value });
        Ok(value)
    }

    /// Adds a tensor of the weights file and returns its id. If the graph already has a tensor of this name,
    /// returns that one.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the graph has a tensor of this name with another type, or if `ty` is per image.
    pub fn add_stored(
        &mut self,
        name: impl Into<Name>,
        ty: Type,
        trainable: bool,
    ) -> Result<ValueId> {
        let name = name.into();
        if ty.is_per_image() {
            return Err(refused(
                &name,
                format!("expected a tensor that all images share, found {ty}"),
            ));
        }
        if let Some(&id) = self.stored.get(&name) {
            let before = self.ty(id);
            return match *before == ty {
                true => Ok(id),
                false => Err(refused(
                    &name,
                    format!("expected {before}, as declared before, found {ty}"),
                )),
            };
        }
        let id = self.add_value(name.clone(), ty, Origin::Stored { trainable }, Some(0))?;
        self.stored.insert(name, id);
        Ok(id)
    }

    /// Adds a constant whose values are part of the graph, and returns its id.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] if the graph already has 2^32 values.
    pub fn add_known(&mut self, name: impl Into<Name>, tensor: HostTensor) -> Result<ValueId> {
        let ty = Type::shared(tensor.element(), tensor.dims())?;
        self.add_value(name.into(), ty, Origin::Known(Arc::new(tensor)), Some(0))
    }

    /// Adds a node that applies `op` to `inputs`, parameters included, and returns its results.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the operation does not accept inputs of these types, or an input is not a value of
    /// this graph. The message names the node and the types.
    pub fn add(
        &mut self,
        name: impl Into<Name>,
        op: Op,
        inputs: Vec<Option<ValueId>>,
    ) -> Result<Vec<ValueId>> {
        let name = name.into();
        let types = self.infer(&name, &op, &inputs)?;
        let steps = self.steps_behind(&name, &inputs)?;
        let node = NodeId(self.nodes.len() as u32);
        let mut results = Vec::with_capacity(types.len());
        for (index, ty) in types.into_iter().enumerate() {
            let origin = Origin::Result { node, index };
            results.push(self.add_value(name.clone(), ty, origin, steps)?);
        }
        self.nodes.push(Node {
            name,
            op,
            inputs,
            pre: Pointwise::identity(),
            pre_operands: Vec::new(),
            pre_name: None,
            operands: Vec::new(),
            post: Pointwise::identity(),
            results: results.clone(),
        });
        Ok(results)
    }

    /// Makes `value` an output called `name`, after the existing outputs, and returns its index in
    /// [`Graph::outputs`].
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if another output has this name, devices do not support the element type, or the value
    /// is not in this graph.
    pub fn add_output(&mut self, name: impl Into<String>, value: ValueId) -> Result<usize> {
        let name = name.into();
        self.check_known(&name, value)?;
        if self.outputs.iter().any(|port| port.name == name) {
            return Err(refused(&name, "another output has this name".into()));
        }
        let ty = self.ty(value);
        if !ty.element().is_on_devices() {
            return Err(refused(
                &name,
                format!("expected an element type that devices support, found {ty}"),
            ));
        }
        self.outputs.push(Port { name, value });
        Ok(self.outputs.len() - 1)
    }

    fn add_value(
        &mut self,
        name: Name,
        ty: Type,
        origin: Origin,
        steps: Option<usize>,
    ) -> Result<ValueId> {
        let Ok(id) = u32::try_from(self.values.len()) else {
            return Err(Error::new(
                ErrorKind::Limit,
                format!("{name}: a graph has at most 2^32 values"),
            ));
        };
        self.values.push(Value {
            name,
            ty,
            origin,
            steps,
        });
        Ok(ValueId(id))
    }

    /// Returns whether `constants` are all constant, and `more` further operations on them stay within the limit of
    /// steps.
    pub(crate) fn can_be_computed(&self, constants: &[Option<ValueId>], more: usize) -> bool {
        let constants = constants.iter().flatten();
        let steps = constants.map(|&constant| self.value(constant).steps);
        let steps: Option<usize> = steps.sum();
        steps.is_some_and(|steps| steps + more <= MAX_CONSTANT_STEPS)
    }

    /// Returns the number of operations that compute a result of `inputs`, or `None` if the result depends on an
    /// input of the graph.
    fn steps_behind(&self, name: &str, inputs: &[Option<ValueId>]) -> Result<Option<usize>> {
        let mut steps = 1;
        for &input in inputs.iter().flatten() {
            match self.value(input).steps {
                Some(before) => steps += before,
                None => return Ok(None),
            }
        }
        match steps <= MAX_CONSTANT_STEPS {
            true => Ok(Some(steps)),
            false => Err(refused(
                name,
                format!("constants are computed in at most {MAX_CONSTANT_STEPS} steps"),
            )),
        }
    }

    fn check_known(&self, name: &str, value: ValueId) -> Result<()> {
        match value.index() < self.values.len() {
            true => Ok(()),
            false => Err(refused(name, format!("there is no value {value}"))),
        }
    }

    pub(super) fn infer(
        &self,
        name: &str,
        op: &Op,
        inputs: &[Option<ValueId>],
    ) -> Result<Vec<Type>> {
        for &input in inputs.iter().flatten() {
            self.check_known(name, input)?;
        }
        let types: Vec<Option<&Type>> = inputs
            .iter()
            .map(|input| input.map(|input| self.ty(input)))
            .collect();
        op.infer(&types).map_err(|error| {
            let listed: Vec<String> = types
                .iter()
                .map(|ty| ty.map_or("nothing".to_owned(), Type::to_string))
                .collect();
            let (kind, listed) = (op.kind(), listed.join(", "));
            Error::new(
                ErrorKind::Shape,
                format!("{name} ({kind}) cannot take [{listed}]: {error}"),
            )
        })
    }
}
