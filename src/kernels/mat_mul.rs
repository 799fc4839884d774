//! Host side of `mat_mul.wgsl`.

use super::nested_turns;
use super::{
    Bound, Encoder, Field, Implementation, Instance, Kernel, LayoutRule, Operands, Site, Value,
    read, write,
};

/// Product of two computed tensors of matrices, in any order of memory.
pub static KERNEL: Kernel = Kernel {
    name: "mat_mul",
    shader: &[include_str!("../../shaders/mat_mul.wgsl")],
    uniform: &[
        ("left", Field::View),
        ("right", Field::View),
        ("output", Field::View),
        ("left_pixels", Field::Axes),
        ("left_channels", Field::Axes),
        ("right_pixels", Field::Axes),
        ("right_channels", Field::Axes),
        ("depth", Field::Word),
        ("left_stride", Field::Word),
        ("right_stride", Field::Word),
        ("items", Field::Word),
    ],
    // Steps along K that are summed before they are added to the whole sum, so that rounding errors of long sums stay small.
    instances: &[Instance::only(64, &[("PART", 64)])],
    bindings: &[read("left"), read("right"), write("output")],
    layouts: LayoutRule::Any,
    implementation: Some(Implementation {
        loop_turns: |site, instance| {
            let part = instance.constant("PART");
            nested_turns(&[depth(site).div_ceil(part), part])
        },
        ..Implementation::only(&["mat_mul"], encode)
    }),
    ..Kernel::COMMON
};

/// Number of products of a sum (K).
fn depth(site: &Site<'_>) -> usize {
    let left = site.input_arrangement().dims;
    left[left.rank() - 1]
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let [left, right] = operands.inputs else {
        return;
    };
    let (output, batch) = (operands.output, site.batch());
    let [a, b] = [0, 1].map(|index| *site.input_arrangement_at(index));
    let target = site.output_arrangement();
    let rank = target.dims.rank();
    let (left_strides, right_strides) = (a.strides(left), b.strides(right));
    // Axis `axis` of the result, as an axis of an operand, of which outer axes may be missing or repeat.
    let stride = |operand: &super::Arrangement, strides: &[usize], axis: usize| match axis {
        0 => strides[0] as isize,
        axis => match (axis + operand.dims.rank()).checked_sub(rank) {
            Some(own) if own > 0 && operand.dims[own] > 1 => strides[own] as isize,
            _ => 0,
        },
    };
    let [left_pixels, left_channels] = target.steps(batch, |axis| match axis {
        axis if axis + 1 == rank => 0,
        axis => stride(&a, &left_strides, axis),
    });
    let [right_pixels, right_channels] = target.steps(batch, |axis| match axis {
        axis if axis + 2 == rank => 0,
        axis => stride(&b, &right_strides, axis),
    });
    let items = site.pixels() * output.quads();
    let whole =
        |view: &super::View| -> Bound { view.bound(batch * view.shape.pixels(), view.quads()) };
    encoder.call(
        &[
            Value::View(left, batch),
            Value::View(right, batch),
            Value::View(output, batch),
            Value::Axes(&left_pixels),
            Value::Axes(&left_channels),
            Value::Axes(&right_pixels),
            Value::Axes(&right_channels),
            Value::Word(depth(site)),
            Value::Word(left_strides[a.dims.rank() - 1]),
            Value::Word(right_strides[b.dims.rank() - 2]),
            Value::Word(items),
        ],
        vec![
            whole(left),
            whole(right),
            output.bound(site.pixels(), output.quads()),
        ],
        items,
    );
}
