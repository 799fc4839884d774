//! Host side of `flatten.wgsl`.

use super::{Call, Field, Kernel, Value, read, write};
use crate::plan::{Resource, View};

/// From channels-last storage to a vector in channel, row, column order.
pub static KERNEL: Kernel = Kernel {
    name: "flatten",
    body: include_str!("../../shaders/flatten.wgsl"),
    op: "flatten",
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

/// Lines up the values of `input`.
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
