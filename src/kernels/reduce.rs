//! Host side of `reduce.wgsl`.

use super::{
    Encoder, Field, Implementation, Kernel, LayoutRule, Operands, Site, Value, read, write,
};
use crate::graph::{Op, Reduction};

/// Reductions along any axes, of tensors in any order of memory.
pub static KERNEL: Kernel = Kernel {
    name: "reduce",
    shader: &[include_str!("../../shaders/reduce.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("pixels", Field::Axes),
        ("channels", Field::Axes),
        ("reduced", Field::Axes),
        ("count", Field::Word),
        ("reduction", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    layouts: LayoutRule::Any,
    implementation: Some(Implementation::only(&["reduce"], encode)),
    ..Kernel::COMMON
};

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

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let Op::Reduce(op) = site.op() else {
        return;
    };
    let (input, output) = (&operands.inputs[0], operands.output);
    let (source, target) = (site.input_arrangement(), site.output_arrangement());
    let (batch, items) = (site.batch(), site.pixels() * output.quads());
    let strides = source.strides(input);
    let [pixels, channels] = target.steps(batch, |axis| strides[axis] as isize);
    let reduced = op.axes.iter().rev().map(|axis| axis + 1);
    let reduced: Vec<(usize, isize)> = reduced
        .map(|axis| (source.dims[axis], strides[axis] as isize))
        .collect();
    let count: usize = reduced.iter().map(|(extent, _)| extent).product();
    let mut reductions = REDUCTIONS.iter();
    let reduction = reductions.position(|&reduction| reduction == op.reduction);
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Axes(&pixels),
            Value::Axes(&channels),
            Value::Axes(&reduced),
            Value::Word(count),
            Value::Word(reduction.unwrap_or(0)),
            Value::Word(items),
        ],
        vec![
            input.bound(batch * site.input().pixels(), input.quads()),
            output.bound(site.pixels(), output.quads()),
        ],
        items,
    );
}
