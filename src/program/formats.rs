//! The storage format of each value, and of parameters.

use super::Planning;
use super::aliases::Aliases;
use crate::graph::{Activation, Graph, Node, Op, ValueId};
use crate::kernels::{Format, Site};

/// Returns the storage format of each value of `graph`. Values in one storage have the same format.
///
/// If a precision below f32 is planned for, these values stay in f32:
///
/// - An input, unless only products read it: an input may be a position or a count, and f16 has no odd ones beyond 2048.
/// - Results of reductions and softmax. A sum over 65504 is no rare result.
/// - Results of one pixel, such as means, gates and scores of classes, which are few and decide over many.
/// - Point-wise results that a reduction or a softmax reads, such as squares, and masks of the lowest f32.
/// - What the caller keeps in f32, and copies of such values.
pub fn formats_of(graph: &Graph, aliases: &Aliases, planning: &Planning) -> Vec<Format> {
    let count = graph.values().len();
    let format = planning.stored().format();
    if format == Format::F32 {
        return vec![format; count];
    }
    let readers = readers(graph);
    let mut formats = vec![format; count];
    let root = |value: ValueId| aliases.slice(value).root.index();
    for input in graph.inputs() {
        let readers = &readers[input.value.index()];
        if planning.keeps(&input.name) || !readers.iter().all(|node| is_product(node.op())) {
            formats[root(input.value)] = Format::F32;
        }
    }
    for (_, node) in graph.computed() {
        let is_read_by_statistic = |result: &ValueId| {
            let mut readers = readers[result.index()].iter();
            readers.any(|reader| is_statistic(reader.op()))
        };
        let is_copy_of_f32 = || {
            let source = node.input().filter(|_| is_copy(node.op()));
            source.is_some_and(|source| formats[root(source)] == Format::F32)
        };
        let is_small = |result: &ValueId| {
            let extents = graph.ty(*result).extents();
            extents.iter().skip(1).product::<usize>() == 1
        };
        let is_exact = is_statistic(node.op())
            || node.results().iter().any(is_small)
            || planning.keeps(node.name())
            || is_copy_of_f32()
            || is_pointwise(node.op()) && node.results().iter().any(is_read_by_statistic);
        if is_exact {
            for &result in node.results() {
                formats[root(result)] = Format::F32;
            }
        }
    }
    let values = (0..count).map(ValueId::at);
    values.map(|value| formats[root(value)]).collect()
}

/// Most taps of a depthwise convolution whose parameters stay in f32.
const FEW_TAPS: usize = 25;

/// Returns the storage format of the parameters of `site`. Those of a small depthwise convolution stay in f32: they are few, and
/// each one decides over a whole channel. In a sum of many products, the errors of single parameters partly cancel out. The
/// parameters of a depthwise convolution and of what reads its results, if both are computed together, have one format.
pub fn of_parameters(site: &Site<'_>, planning: &Planning) -> Format {
    let taps = match site.op() {
        Op::Conv2d(conv) if site.is_depthwise() => conv.window.kernel,
        Op::ConvPair(pair) => pair.window().kernel,
        _ => return planning.stored().format(),
    };
    match taps.iter().product::<usize>() <= FEW_TAPS {
        true => Format::F32,
        false => planning.stored().format(),
    }
}

/// Returns the nodes that read each value.
fn readers(graph: &Graph) -> Vec<Vec<&Node>> {
    let mut readers = vec![Vec::new(); graph.values().len()];
    for (_, node) in graph.computed() {
        for read in node.reads() {
            readers[read.index()].push(node);
        }
    }
    readers
}

/// Returns whether `op` multiplies its inputs by weights, and adds the products.
pub(super) fn is_product(op: &Op) -> bool {
    matches!(
        op,
        Op::Conv2d(_) | Op::ConvTranspose2d(_) | Op::ConvPair(_) | Op::Linear(_) | Op::MatMul(_)
    )
}

/// Returns whether each result of `op` depends on many values.
fn is_statistic(op: &Op) -> bool {
    matches!(op, Op::Reduce(_) | Op::Softmax(_))
}

/// Returns whether planning inserts `op` to copy a value.
fn is_copy(op: &Op) -> bool {
    matches!(op, Op::Relayout(_) | Op::Activation(Activation::Identity))
}

fn is_pointwise(op: &Op) -> bool {
    matches!(
        op,
        Op::Pointwise(_) | Op::Activation(_) | Op::PRelu(_) | Op::Add(_)
    )
}
