//! Host side of `reshape.wgsl`.

use super::{
    Encoder, FROM_INPUT_TO_OUTPUT, Implementation, Kernel, Operands, Site, Value, read, write,
};

/// The same values, in NCHW order, with other extents: from an image or a vector to another one.
pub static KERNEL: Kernel = Kernel {
    name: "reshape",
    shader: &[include_str!("../../shaders/reshape.wgsl")],
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation::only(&["reshape"], encode)),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let items = site.pixels() * output.quads();
    encoder.call(
        &[
            Value::View(input, site.batch()),
            Value::View(output, site.batch()),
            Value::Word(items),
        ],
        vec![
            input.bound(site.batch() * site.input().pixels(), input.quads()),
            output.bound(site.pixels(), output.quads()),
        ],
        items,
    );
}
