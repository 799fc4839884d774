//! Host side of `reduce.wgsl`.

use super::parts::REDUCTION;
use super::work::Reductions;
use super::{
    Binding, Encoder, Field, Implementation, Kernel, LayoutRule, Operands, QUAD, Site, Value, Work,
    quads, read, write,
};
use crate::graph::{Op, Reduction};

/// Reductions along any axes, of tensors in any order of memory. One invocation for each quad of the result.
pub static KERNEL: Kernel = Kernel {
    name: "reduce",
    shader: &[REDUCTION, include_str!("../../shaders/reduce.wgsl")],
    uniform: UNIFORM,
    bindings: BINDINGS,
    layouts: LayoutRule::Any,
    implementation: Some(Implementation {
        loop_turns: |site, _| count(site) * QUAD.min(site.out_channels()),
        work: |site, instance| Work::by_invocations(site, instance, reductions(site)),
        ..Implementation::only(&["reduce"], |site, operands, encoder| {
            encode(site, operands, encoder, 1);
        })
    }),
    ..Kernel::COMMON
};

/// The uniform block of a reduction.
pub const UNIFORM: &[(&str, Field)] = &[
    ("input", Field::View),
    ("output", Field::View),
    ("pixels", Field::Axes),
    ("channels", Field::Axes),
    ("reduced", Field::Axes),
    ("count", Field::Word),
    ("reduction", Field::Word),
    ("items", Field::Word),
];

/// The tensors of a reduction.
pub const BINDINGS: &[Binding] = &[read("input"), write("output")];

/// The reductions in the order of the shader's constants.
const REDUCTIONS: [Reduction; 9] = [
    Reduction::Sum,
    Reduction::Mean,
    Reduction::Max,
    Reduction::Min,
    Reduction::Product,
    Reduction::AbsoluteSum,
    Reduction::Norm,
    Reduction::ArgMax,
    Reduction::ArgMin,
];

/// Number of quads of the result.
pub fn items(site: &Site<'_>) -> usize {
    site.pixels() * quads(site.out_channels())
}

/// Number of values that one value of the result is made of.
pub fn count(site: &Site<'_>) -> usize {
    match site.op() {
        Op::Reduce(op) => {
            let dims = site.input_arrangement().dims;
            op.axes.iter().map(|axis| dims[axis + 1]).product()
        }
        _ => 1,
    }
}

/// The quads of the result as reductions. Each value is read by itself.
pub fn reductions(site: &Site<'_>) -> Reductions {
    Reductions {
        count: items(site),
        reads: count(site) * site.out_channels().min(QUAD),
        writes: 1,
        sums: 1,
    }
}

/// Encodes a call of this number of invocations for each quad of the result.
pub fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder, invocations: usize) {
    let Op::Reduce(op) = site.op() else {
        return;
    };
    let (input, output) = (&operands.inputs[0], operands.output);
    let (source, target) = (site.input_arrangement(), site.output_arrangement());
    let (batch, items) = (site.batch(), items(site));
    let strides = source.strides(input);
    let [pixels, channels] = target.steps(batch, |axis| strides[axis] as isize);
    let reduced = op.axes.iter().rev().map(|axis| axis + 1);
    let reduced: Vec<(usize, isize)> = reduced
        .map(|axis| (source.dims[axis], strides[axis] as isize))
        .collect();
    let mut reductions = REDUCTIONS.iter();
    let reduction = reductions.position(|&reduction| reduction == op.reduction);
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Axes(&pixels),
            Value::Axes(&channels),
            Value::Axes(&reduced),
            Value::Word(count(site)),
            Value::Word(reduction.unwrap_or(0)),
            Value::Word(items),
        ],
        vec![
            input.bound(batch * site.input().pixels(), input.quads()),
            output.bound(site.pixels(), output.quads()),
        ],
        items * invocations,
    );
}
