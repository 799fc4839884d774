//! Host side of `softmax.wgsl`.

use super::{
    Encoder, FROM_INPUT_TO_OUTPUT, Implementation, Kernel, Operands, Site, Value, read, write,
};

/// Softmax over the channels of each pixel.
pub static KERNEL: Kernel = Kernel {
    name: "softmax",
    shader: &[include_str!("../../shaders/softmax.wgsl")],
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation::only(&["softmax"], encode)),
    ..Kernel::COMMON
};

/// One invocation for each pixel.
fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, pixels, quads) = (site.batch(), site.pixels(), output.quads());
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Word(pixels),
        ],
        vec![input.bound(pixels, quads), output.bound(pixels, quads)],
        pixels,
    );
}
