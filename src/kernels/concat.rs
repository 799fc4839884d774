//! Host side of `concat.wgsl`.

use super::{
    Bound, Encoder, Field, Implementation, Kernel, Operands, QUAD, Site, Value, View, read, write,
};
use crate::tensor::Shape;

/// Concatenates the channels of several tensors, with one call for each input.
pub static KERNEL: Kernel = Kernel {
    name: "concat",
    shader: &[include_str!("../../shaders/concat.wgsl")],
    uniform: &[
        ("a", Field::View),
        ("b", Field::View),
        ("c", Field::View),
        ("d", Field::View),
        ("output", Field::View),
        ("first_channel", Field::Word),
        ("first_quad", Field::Word),
        ("quads", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("a"), read("b"), read("c"), read("d"), write("output")],
    implementation: Some(Implementation::only(&["concat"], encode)),
    ..Kernel::COMMON
};

/// The quads of the result whose first channel comes from one input.
#[derive(Clone, Copy)]
struct Quads {
    /// Channel of that input at which the first quad begins.
    first_channel: usize,
    first: usize,
    count: usize,
}

/// Encodes one call for each input. It writes the quads whose first channel comes from that input.
fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let inputs = operands.inputs;
    let mut begin = 0;
    for (index, input) in inputs.iter().enumerate() {
        let end = begin + input.shape.channels;
        let (first, last) = (begin.div_ceil(QUAD), end.div_ceil(QUAD));
        if first < last {
            let quads = Quads {
                first_channel: first * QUAD - begin,
                first,
                count: last - first,
            };
            call(site, &inputs[index..], quads, operands.output, encoder);
        }
        begin = end;
    }
}

fn call(site: &Site<'_>, inputs: &[View], quads: Quads, output: &View, encoder: &mut Encoder) {
    let (batch, pixels) = (site.batch(), site.pixels());
    // After the last input: a view without channels, which is never read.
    let nothing = View {
        shape: Shape::new(0, 1, 1),
        ..inputs[0]
    };
    let [a, b, c, d] = [0, 1, 2, 3].map(|index| inputs.get(index).unwrap_or(&nothing));
    let bound = |index: usize| match inputs.get(index) {
        Some(input) => input.bound(pixels, input.quads()),
        None => Bound::NOTHING,
    };
    encoder.call(
        &[
            Value::View(a, batch),
            Value::View(b, batch),
            Value::View(c, batch),
            Value::View(d, batch),
            Value::View(output, batch),
            Value::Word(quads.first_channel),
            Value::Word(quads.first),
            Value::Word(quads.count),
            Value::Word(pixels * quads.count),
        ],
        vec![
            bound(0),
            bound(1),
            bound(2),
            bound(3),
            output.bound(pixels, quads.first + quads.count),
        ],
        pixels * quads.count,
    );
}
