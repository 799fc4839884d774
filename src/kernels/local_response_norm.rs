//! Host side of `local_response_norm.wgsl`.

use super::{Call, Field, Kernel, Value, View, pixels, read, write};
use crate::graph::LocalResponseNorm;

/// Normalisation by the channels around.
pub static KERNEL: Kernel = Kernel {
    name: "local_response_norm",
    body: include_str!("../../shaders/local_response_norm.wgsl"),
    op: "local_response_norm",
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("reach", Field::Word),
        ("scale", Field::Number),
        ("beta", Field::Number),
        ("k", Field::Number),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Normalises `input`.
pub fn call(op: &LocalResponseNorm, input: &View, output: &View, batch: usize) -> Call {
    let items = pixels(output, batch) * output.groups();
    KERNEL.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            // Further than there are channels would overflow the shader's numbers.
            Value::Word(op.reach().min(input.shape.channels)),
            Value::Number(op.alpha / op.size as f64),
            Value::Number(op.beta),
            Value::Number(op.k),
            Value::Word(items),
        ],
        vec![input.resource(), output.resource()],
        items,
    )
}
