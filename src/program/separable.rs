//! Depthwise convolutions that are computed together with the 1x1 convolution behind them, because this is faster.
//!
//! It saves a dispatch, and the memory traffic of the results between the two. But each tile of output channels computes the
//! depthwise convolution again.

use std::borrow::Cow;

use super::{Planning, steps};
use crate::device::DeviceProfile;
use crate::error::Result;
use crate::graph::{
    Conv2d, Draft, Graph, Insertion, Node, NodeId, Op, SeparableConv2d, Source, Window,
};
use crate::kernels::clamp_of;

/// Makes one node of each depthwise convolution of `graph` and the 1x1 convolution that reads its result, where this is predicted
/// to be faster. All nodes of `graph` must be live.
///
/// # Errors
/// None for a checked graph.
pub fn joined<'a>(
    graph: Cow<'a, Graph>,
    profile: &DeviceProfile,
    planning: &Planning,
) -> Result<Cow<'a, Graph>> {
    let readers = graph.readers();
    let nodes = graph.computed();
    let pairs = nodes.filter_map(|(id, node)| {
        let depthwise = graph.value(node.input()?).node()?;
        let result = graph.node(depthwise).result();
        let is_output = graph.outputs().iter().any(|port| port.value == result);
        let is_pair = !is_output
            && readers[result.index()] == [id]
            && is_of_pixels(node)
            && is_depthwise(&graph, graph.node(depthwise));
        is_pair.then_some([depthwise, id])
    });
    let pairs = pairs.collect();
    steps::joined(graph, profile, planning, pairs, join)
}

/// Whether `node` is a convolution of single pixels, of all channels.
fn is_of_pixels(node: &Node) -> bool {
    let Op::Conv2d(Conv2d { window, groups: 1 }) = node.op() else {
        return false;
    };
    *window == Window::square(1, 1) && node.pre().is_identity()
}

/// Whether `node` is a depthwise convolution with at most a clamp behind it.
fn is_depthwise(graph: &Graph, node: &Node) -> bool {
    let (Op::Conv2d(conv), Some(input)) = (node.op(), node.input()) else {
        return false;
    };
    let channels = |value| graph.ty(value).extents()[0];
    conv.is_depthwise(channels(input), channels(node.result()))
        && node.operands().is_empty()
        && clamp_of(node.post()).is_some()
}

/// Computes the second node of a pair together with the first.
fn join(draft: &mut Draft, [depthwise, conv]: [NodeId; 2]) -> Result<()> {
    let (first, second) = (draft.node(depthwise), draft.node(conv));
    let (Op::Conv2d(op), &[input, weight, bias]) = (first.op(), first.inputs()) else {
        return Ok(());
    };
    let mut joined = Insertion::like(second);
    joined.op = Op::SeparableConv2d(SeparableConv2d {
        window: op.window,
        between: first.post().clone(),
    });
    let source = |value: Option<_>| value.map(Source::Value);
    joined.inputs.splice(..1, [input, weight, bias].map(source));
    joined.pre = first.pre().clone();
    let operands = first.pre_operands().iter().copied();
    joined.pre_operands = operands.map(Source::Value).collect();
    joined.pre_name = first.pre_name().map(Into::into);
    draft.replace(conv, Vec::new(), joined)
}
