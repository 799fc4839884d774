//! Graphs of a single layer, to be timed and tested by themselves.

use super::{Conv2d, Graph, NodeId, Op, ValueId, Window};
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{Element, Shape, Type};

impl Graph {
    /// The convolution of `input` by `out_channels` filters in `groups` blocks, with parameters `conv.weight`
    /// and, with a `bias`, `conv.bias`.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where the window does not fit the input, or the groups do not divide the channels.
    pub fn convolution(
        input: Shape,
        out_channels: usize,
        window: Window,
        groups: usize,
        bias: bool,
    ) -> Result<Self> {
        let mut graph = Self::new("convolution");
        let x = graph.add_input("input", Type::image(input)?)?;
        let op = Conv2d { window, groups };
        let mut parameter = |name: &str, extents: &[usize]| {
            let ty = Type::shared(Element::F32, extents)?;
            graph.add_stored(format!("conv.{name}"), ty, true)
        };
        let weight = parameter("weight", &op.weight_dims(input.channels, out_channels))?;
        let bias = match bias {
            true => Some(parameter("bias", &[out_channels])?),
            false => None,
        };
        let inputs = vec![Some(x), Some(weight), bias];
        let results = graph.add("conv", Op::Conv2d(op), inputs)?;
        graph.add_output("conv", results[0])?;
        Ok(graph)
    }

    /// Node `id` alone, reading an image of the type of its first input: what is computed in front of the operation and behind
    /// it is left out. Parameters are stored tensors under the names of what they are here.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where the operation needs more inputs than one.
    pub fn layer(&self, id: NodeId) -> Result<Self> {
        let node = self.node(id);
        let mut graph = Self::new(node.name());
        let mut inputs: Vec<Option<ValueId>> = Vec::with_capacity(node.inputs().len());
        for (index, input) in node.inputs().iter().enumerate() {
            let Some(input) = input else {
                inputs.push(None);
                continue;
            };
            let value = self.value(*input);
            inputs.push(Some(match value.is_constant() {
                // Two parameters may be results of nodes of one name.
                true => graph.add_stored(format!("{index}.{}", value.name()), *value.ty(), true)?,
                false if index == 0 => graph.add_input("input", *value.ty())?,
                false => {
                    return Err(Error::new(
                        ErrorKind::Shape,
                        format!("{}: expected a layer of 1 input, found more", node.name()),
                    ));
                }
            }));
        }
        let results = graph.add(node.name(), node.op().clone(), inputs)?;
        for (index, result) in results.into_iter().enumerate() {
            let name = match index {
                0 => node.name().to_owned(),
                index => format!("{}.{index}", node.name()),
            };
            graph.add_output(name, result)?;
        }
        Ok(graph)
    }
}
