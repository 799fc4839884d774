//! Host side of `average_pool.wgsl`.

use super::matrix_conv::window_turns;
use super::{Encoder, Field, Implementation, Kernel, Operands, Site, Value, from_all, read, write};
use crate::graph::Op;

/// Average pooling: the mean of each window.
pub static KERNEL: Kernel = Kernel {
    name: "average_pool",
    shader: &[include_str!("../../shaders/average_pool.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("window", Field::Window),
        ("count_padding", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation {
        loop_turns: |site, _| window_turns(site),
        ..Implementation::only(&["average_pool"], encode)
    }),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let Op::AveragePool(op) = site.op() else {
        return;
    };
    let values = [
        Value::Window(&op.window),
        Value::Word(usize::from(op.count_padding)),
    ];
    from_all(site, operands, encoder, &values);
}
