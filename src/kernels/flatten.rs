//! Host side of `flatten.wgsl`.

use super::{
    Encoder, FROM_INPUT_TO_OUTPUT, Implementation, Kernel, Operands, Site, Value, quads, read,
    write,
};

/// Flattens an image, stored channels last, to a vector in channel, row, column order.
pub static KERNEL: Kernel = Kernel {
    name: "flatten",
    shader: &[include_str!("../../shaders/flatten.wgsl")],
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation::only(&["flatten"], encode)),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, pixels) = (site.batch(), site.input().pixels());
    let items = batch * output.quads();
    let channels = output.shape.channels.div_ceil(pixels);
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Word(items),
        ],
        vec![
            input.bound(batch * pixels, quads(channels)),
            output.bound(batch, output.quads()),
        ],
        items,
    );
}
