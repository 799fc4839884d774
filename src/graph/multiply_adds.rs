//! The multiply-adds of a network.

use super::{Graph, Node, Op, ValueId};

impl Graph {
    /// Returns the multiply-adds for one image: those of convolutions, transposed convolutions and linear layers, without
    /// biases. torchvision publishes this number for its networks. Papers often call it FLOPs.
    pub fn multiply_adds(&self) -> u64 {
        let nodes = self.computed().map(|(_, node)| self.multiply_adds_of(node));
        nodes.fold(0, u64::saturating_add)
    }

    fn multiply_adds_of(&self, node: &Node) -> u64 {
        let count = |value: ValueId| self.ty(value).count() as u64;
        let (&[Some(input), Some(weight), ..], &[result, ..]) = (node.inputs(), node.results())
        else {
            return 0;
        };
        // Each value on this side is multiplied with all weights of its channel.
        let side = match node.op() {
            Op::Conv2d(_) | Op::Linear(_) => result,
            Op::ConvTranspose2d(_) => input,
            _ => return 0,
        };
        let channels = self.ty(weight).dims()[0] as u64;
        count(side).saturating_mul(count(weight) / channels)
    }
}
