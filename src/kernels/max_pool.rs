//! Host side of `max_pool.wgsl`.

use super::{Call, Field, Kernel, Value, View, pixels, read, write};
use crate::graph::MaxPool;

/// The largest value in each window.
pub static KERNEL: Kernel = Kernel {
    name: "max_pool",
    body: include_str!("../../shaders/max_pool.wgsl"),
    op: "max_pool",
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("window", Field::Window),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Pools `input`.
pub fn call(op: &MaxPool, input: &View, output: &View, batch: usize) -> Call {
    let items = pixels(output, batch) * output.groups();
    KERNEL.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Window(&op.window),
            Value::Word(items),
        ],
        vec![input.resource(), output.resource()],
        items,
    )
}
