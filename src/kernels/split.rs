//! Host side of `split.wgsl`.

use super::{Encoder, Field, Implementation, Kernel, Operands, Site, Value, quads, read, write};

/// Splits the channels into several parts, with one call for each. It is needed if a part begins inside a quad: such a
/// part cannot be a slice of the input.
pub static KERNEL: Kernel = Kernel {
    name: "split",
    shader: &[include_str!("../../shaders/split.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("first_channel", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation::only(&["split"], encode)),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, pixels) = (&operands.inputs[0], site.pixels());
    let mut first_channel = 0;
    for (result, output) in operands.outputs.iter().enumerate() {
        let behind = first_channel + output.shape.channels;
        let items = pixels * output.quads();
        encoder.writing(result);
        encoder.call(
            &[
                Value::View(input, site.batch()),
                Value::View(output, site.batch()),
                Value::Word(first_channel),
                Value::Word(items),
            ],
            vec![
                input.bound(pixels, quads(behind)),
                output.bound(pixels, output.quads()),
            ],
            items,
        );
        first_channel = behind;
    }
}
