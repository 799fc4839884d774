//! Host side of `global_average_pool.wgsl`.

use super::{Call, Field, Kernel, Value, read, write};
use crate::plan::{Resource, View};

/// The mean of each channel.
pub static KERNEL: Kernel = Kernel {
    name: "global_average_pool",
    body: include_str!("../../shaders/global_average_pool.wgsl"),
    op: "global_average_pool",
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Averages `input` over its pixels.
pub fn call(input: &View, output: &View, batch: usize) -> Call {
    let items = batch * output.groups();
    KERNEL.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Word(items),
        ],
        vec![Resource::Slot(input.slot), Resource::Slot(output.slot)],
        items,
    )
}
