//! Host side of `concat.wgsl`.

use super::{Call, Field, GROUP, Kernel, Resource, Value, View, pixels, read, write};
use crate::graph::Shape;

/// Channels of several tensors, one behind the other: a call for each input.
pub static KERNEL: Kernel = Kernel {
    name: "concat",
    body: include_str!("../../shaders/concat.wgsl"),
    op: "concat",
    uniform: &[
        ("a", Field::View),
        ("b", Field::View),
        ("c", Field::View),
        ("d", Field::View),
        ("output", Field::View),
        ("first_channel", Field::Word),
        ("first_group", Field::Word),
        ("groups", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("a"), read("b"), read("c"), read("d"), write("output")],
    constants: &[],
    workgroup_size: 64,
    subgroups: false,
};

/// Concatenates `inputs`: each call writes the groups whose first channel is of one input.
pub fn calls(inputs: &[View], output: &View, batch: usize) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut begin = 0;
    for (index, input) in inputs.iter().enumerate() {
        let end = begin + input.shape.channels;
        let (first_group, end_group) = (begin.div_ceil(GROUP), end.div_ceil(GROUP));
        let groups = end_group - first_group;
        if groups > 0 {
            let first_channel = first_group * GROUP - begin;
            let place = [first_channel, first_group, groups];
            calls.push(call(&inputs[index..], place, output, batch));
        }
        begin = end;
    }
    calls
}

fn call(
    inputs: &[View],
    [first_channel, first_group, groups]: [usize; 3],
    output: &View,
    batch: usize,
) -> Call {
    let items = pixels(output, batch) * groups;
    // Behind the last input there is nothing: a view without channels, of which nothing is read.
    let nothing = View {
        shape: Shape::new(0, 1, 1),
        ..inputs[0]
    };
    let [a, b, c, d] = [0, 1, 2, 3].map(|index| inputs.get(index).unwrap_or(&nothing));
    let resource = |index: usize| inputs.get(index).map_or(Resource::Nothing, View::resource);
    KERNEL.call(
        &[
            Value::View(a, batch),
            Value::View(b, batch),
            Value::View(c, batch),
            Value::View(d, batch),
            Value::View(output, batch),
            Value::Word(first_channel),
            Value::Word(first_group),
            Value::Word(groups),
            Value::Word(items),
        ],
        vec![
            a.resource(),
            resource(1),
            resource(2),
            resource(3),
            output.resource(),
        ],
        items,
    )
}
