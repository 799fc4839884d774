//! Pairs of convolutions that are computed together, because this is faster: a depthwise one and one of 1x1, in either order.
//!
//! It saves a dispatch, and the memory traffic of the results between the two. But some of these are computed more than once: by
//! each tile of output channels if the depthwise convolution is the first, and by neighbouring windows if it is the second.

use std::borrow::Cow;

use super::{Planning, steps};
use crate::device::DeviceProfile;
use crate::error::Result;
use crate::graph::{ConvPair, Draft, Graph, Insertion, Node, NodeId, Op, Source};
use crate::kernels::Format;

/// Makes one node of each depthwise convolution of `graph` and the 1x1 convolution in front of it or behind it, where this is
/// predicted to be faster. All nodes of `graph` must be live.
///
/// # Errors
/// None for a checked graph.
pub fn joined<'a>(
    graph: Cow<'a, Graph>,
    profile: &DeviceProfile,
    planning: &Planning,
) -> Result<Cow<'a, Graph>> {
    let pairs = |first, second| {
        let mut pairs = pairs(&graph, first, second);
        pairs.retain(|&pair| planning.stored().format() == Format::F32 || is_light(&graph, pair));
        pairs
    };
    let expanded = pairs(is_of_pixels, is_depthwise);
    let separable = pairs(is_depthwise, is_of_pixels);
    steps::joined(graph, profile, planning, [expanded, separable], join)
}

/// The least values between two convolutions for each parameter that then stays in f32.
const VALUES_EACH: usize = 64;

/// Whether the parameters of a pair take little memory in f32. The parameters of a dispatch have one format, and those of a
/// depthwise convolution stay in f32 (`super::formats`). Its 1x1 convolution can have most of the parameters of a network.
fn is_light(graph: &Graph, [first, second]: [NodeId; 2]) -> bool {
    let between = graph.ty(graph.node(first).result()).count();
    let nodes = [first, second].map(|id| graph.node(id));
    let weights = nodes.map(|node| node.inputs().get(1).copied().flatten());
    let parameters = weights.into_iter().flatten();
    let parameters: usize = parameters.map(|weight| graph.ty(weight).count()).sum();
    VALUES_EACH.saturating_mul(parameters) <= between
}

/// A property of a node of a graph.
type Property = fn(&Graph, &Node) -> bool;

/// The pairs of a node that is `first`, and a `second` one that alone reads its result.
fn pairs(graph: &Graph, first: Property, second: Property) -> Vec<[NodeId; 2]> {
    let readers = graph.readers();
    let pairs = graph.computed().filter_map(|(id, node)| {
        let before = graph.value(node.input()?).node()?;
        let result = graph.node(before).result();
        let is_output = graph.outputs().iter().any(|port| port.value == result);
        let is_pair = !is_output
            && readers[result.index()] == [id]
            && node.pre().is_identity()
            && second(graph, node)
            && graph.node(before).operands().is_empty()
            && first(graph, graph.node(before));
        is_pair.then_some([before, id])
    });
    pairs.collect()
}

/// Whether `node` is a convolution of single pixels, of all channels.
fn is_of_pixels(_: &Graph, node: &Node) -> bool {
    matches!(node.op(), Op::Conv2d(conv) if conv.is_of_pixels())
}

/// Whether `node` is a depthwise convolution.
fn is_depthwise(graph: &Graph, node: &Node) -> bool {
    let (Op::Conv2d(conv), Some(input)) = (node.op(), node.input()) else {
        return false;
    };
    let channels = |value| graph.ty(value).extents()[0];
    conv.is_depthwise(channels(input), channels(node.result()))
}

/// Computes the second node of a pair together with the first.
fn join(draft: &mut Draft, [first, second]: [NodeId; 2]) -> Result<()> {
    let (before, node) = (draft.node(first), draft.node(second));
    let (Op::Conv2d(first), Op::Conv2d(second_op)) = (before.op(), node.op()) else {
        return Ok(());
    };
    let &[input, weight, bias] = before.inputs() else {
        return Ok(());
    };
    let mut joined = Insertion::like(node);
    joined.op = Op::ConvPair(Box::new(ConvPair {
        first: *first,
        between: before.post().clone(),
        second: *second_op,
    }));
    let source = |value: Option<_>| value.map(Source::Value);
    joined.inputs.splice(..1, [input, weight, bias].map(source));
    joined.pre = before.pre().clone();
    let operands = before.pre_operands().iter().copied();
    joined.pre_operands = operands.map(Source::Value).collect();
    joined.pre_name = before.pre_name().map(Into::into);
    draft.replace(second, Vec::new(), joined)
}
