//! Graphs of a single layer, for timing and testing one layer.

use super::{Conv2d, Graph, NodeId, Op, ValueId, Window};
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::{Element, Shape, Type};

impl Graph {
    /// Builds the graph of one convolution of `input` with `out_channels` filters in `groups` groups. Its
    /// parameters are `conv.weight` and, if `bias` is true, `conv.bias`.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the window does not fit the input, or `groups` does not divide the channels.
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

    /// Builds the graph of node `id` alone. Its input has the type of the node's first input. Expressions before
    /// and after the operation are left out. Each parameter becomes a stored tensor called `INDEX.NAME`, where
    /// `INDEX` is its position among the node's inputs.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the operation has more than one input that is not a constant.
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
                // Two parameters can have the same name if nodes of the same name compute them.
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
