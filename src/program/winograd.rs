//! Convolutions of 3x3 that are computed by Winograd's algorithm ([`Winograd`]), because this is faster.
//!
//! It takes a quarter of the multiply-adds, but the transformed values go through memory, and the transformed weights are four
//! times as many. Which one is faster depends on the sizes and on the device. With few pixels, little time is saved for the
//! memory of the weights, so these stay as they are.

use std::borrow::Cow;

use super::{Planning, Precision, steps};
use crate::device::DeviceProfile;
use crate::error::Result;
use crate::graph::winograd::{PRODUCTS, TILE};
use crate::graph::{
    Conv2d, Draft, Graph, Insertion, MAX_STEPS, MOST_OPERANDS, Node, NodeId, Op, Pointwise,
    Reshape, Source, ValueId, Window, Winograd,
};
use crate::kernels::packing::{self, ROWS};
use crate::kernels::{QUAD, quads};
use crate::tensor::Dims;

/// The most steps that computing the new constants adds.
const STEPS: usize = 1;

/// The fewest tiles of an image for which the weights are transformed, which makes them four times as many.
const FEWEST_TILES: usize = 16;

/// Computes those convolutions of `graph` by Winograd's algorithm that are predicted to be faster so. All nodes of `graph` must
/// be live. In f16, the transformed values would be less exact than the result, so nothing is changed there.
///
/// # Errors
/// None for a checked graph.
pub fn transformed<'a>(
    graph: Cow<'a, Graph>,
    profile: &DeviceProfile,
    planning: &Planning,
) -> Result<Cow<'a, Graph>> {
    if planning.stored() != Precision::F32 {
        return Ok(graph);
    }
    let nodes = graph.computed();
    let most = profile.max_quads();
    let nodes = nodes.filter(|(_, node)| {
        is_possible(&graph, node) && quads_of(&graph, node, planning.batch()) <= most
    });
    let nodes = nodes.map(|(id, _)| id).collect();
    steps::divided(graph, profile, planning, nodes, transform)
}

/// Whether `node` is a convolution of 3x3 with stride 1, of whole quads of channels.
fn is_possible(graph: &Graph, node: &Node) -> bool {
    let (Op::Conv2d(conv), &[Some(input), Some(weight), bias]) = (node.op(), node.inputs()) else {
        return false;
    };
    let window = Window {
        padding: conv.window.padding,
        ..Window::square(3, 1)
    };
    let extents = graph.ty(node.result()).extents();
    let tiles = extents[1..].iter().map(|extent| extent.div_ceil(TILE));
    let channels = [input, node.result()].map(|value| graph.ty(value).extents()[0]);
    let parameters = [Some(weight), bias];
    conv.groups == 1
        && conv.window == window
        && node.pre().is_identity()
        && tiles.product::<usize>() >= FEWEST_TILES
        && channels.iter().all(|channels| channels.is_multiple_of(QUAD))
        && graph.can_be_computed(&parameters, STEPS)
        // The bias becomes an operand of the expression behind the convolution.
        && node.operands().len() < MOST_OPERANDS
        && node.post().steps().len() + 2 <= MAX_STEPS
}

/// Quads of the longest tensor of the steps that replace `node`: transformed values or weights. Other than a convolution's own
/// weights, these cannot be split.
fn quads_of(graph: &Graph, node: &Node, batch: usize) -> usize {
    let channels = |value: ValueId| quads(graph.ty(value).extents()[0]);
    let result = node.result();
    let in_quads = node.input().map_or(0, channels);
    let extents = graph.ty(result).extents();
    let tiles = extents[1..].iter().map(|extent| extent.div_ceil(TILE));
    let tiles = tiles.fold(batch, usize::saturating_mul);
    let values = tiles.saturating_mul(in_quads.max(channels(result)));
    // A few rows more, which fill up the tiles of the packing.
    let rows = QUAD * in_quads + 2 * ROWS;
    let weights = rows.saturating_mul(channels(result).next_multiple_of(packing::TILE));
    PRODUCTS.saturating_mul(values.max(weights))
}

/// Replaces the convolution `id` by the transforms of its input and its result, and the products between them.
fn transform(draft: &mut Draft, id: NodeId) -> Result<()> {
    let node = draft.node(id);
    let (Op::Conv2d(conv), &[input, Some(weight), bias]) = (node.op(), node.inputs()) else {
        return Ok(());
    };
    let (name, result) = (node.name(), draft.value(node.result()).ty());
    let &[channels, height, width] = result.extents() else {
        return Ok(());
    };
    let padding = conv.window.padding;
    let tiles = Insertion::new(
        format!("{name}.tiles"),
        Op::Winograd(Winograd::Input { padding }),
        vec![input.map(Source::Value)],
    );
    let weights = Insertion::new(
        format!("{}.tiles", draft.value(weight).name()),
        Op::Winograd(Winograd::Weight),
        vec![Some(Source::Value(weight))],
    );
    let products = Insertion::new(
        format!("{name}.products"),
        Op::Conv2d(Conv2d {
            window: Window::square(1, 1),
            groups: PRODUCTS,
        }),
        vec![Some(Source::Inserted(0)), Some(Source::Inserted(1)), None],
    );
    let mut inserted = vec![tiles, weights, products];
    let mut transformed = Insertion::like(node);
    transformed.op = Op::Winograd(Winograd::Result { height, width });
    transformed.inputs = vec![Some(Source::Inserted(2))];
    if let Some(bias) = bias {
        inserted.push(Insertion::new(
            format!("{}.of_channels", draft.value(bias).name()),
            Op::Reshape(Reshape {
                dims: Dims::new(&[channels, 1, 1])?,
            }),
            vec![Some(Source::Value(bias))],
        ));
        let biased = Pointwise::identity().plus(&Pointwise::operand(1));
        transformed.post = biased.then(node.post());
        transformed.operands.insert(0, Source::Inserted(3));
    }
    draft.replace(id, inserted, transformed)
}
