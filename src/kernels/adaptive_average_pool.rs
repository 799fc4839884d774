//! Host side of `adaptive_average_pool.wgsl`.

use super::{Call, Field, Kernel, Value, pixels, read, write};
use crate::plan::{Resource, View};

/// The mean of each cell of a grid.
pub static KERNEL: Kernel = Kernel {
    name: "adaptive_average_pool",
    body: include_str!("../../shaders/adaptive_average_pool.wgsl"),
    op: "adaptive_average_pool",
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

/// Pools `input` to the size of `output`.
pub fn call(input: &View, output: &View, batch: usize) -> Call {
    let items = pixels(output, batch) * output.groups();
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
