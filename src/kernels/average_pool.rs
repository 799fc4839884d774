//! Host side of `average_pool.wgsl`.

use super::{Call, Field, Kernel, Value, View, pixels, read, write};
use crate::graph::AveragePool;

/// The mean of each window.
pub static KERNEL: Kernel = Kernel {
    name: "average_pool",
    body: include_str!("../../shaders/average_pool.wgsl"),
    op: "average_pool",
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("window", Field::Window),
        ("count_padding", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Pools `input`.
pub fn call(op: &AveragePool, input: &View, output: &View, batch: usize) -> Call {
    let items = pixels(output, batch) * output.groups();
    KERNEL.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Window(&op.window),
            Value::Word(usize::from(op.count_padding)),
            Value::Word(items),
        ],
        vec![input.resource(), output.resource()],
        items,
    )
}
