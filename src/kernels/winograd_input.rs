//! Host side of `winograd_input.wgsl`.

use super::winograd_result::{INSTANCES, OF_A_ROW, accept};
use super::work::{Each, OTHER_REGISTERS};
use super::{
    Encoder, Field, Implementation, Instance, Kernel, Operands, QUAD, Site, Value, Work, quads,
    read, write,
};
use crate::graph::winograd::{INPUT_TILE, PRODUCTS};
use crate::graph::{Op, Winograd};

/// Winograd's transform of the input of a convolution.
pub static KERNEL: Kernel = Kernel {
    name: "winograd_input",
    shader: &[include_str!("../../shaders/winograd_input.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("padding_top", Field::Word),
        ("padding_left", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    instances: INSTANCES,
    implementation: Some(Implementation {
        accept: |site, _| accept(site.in_channels()),
        work,
        ..Implementation::only(&["winograd_input"], encode)
    }),
    ..Kernel::COMMON
};

/// Number of invocations: one for each quad of a tile.
fn invocations(site: &Site<'_>) -> usize {
    site.pixels() * quads(site.in_channels())
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let [reads, kept] = match instance.constant("AT_ONCE") {
        1 => [PRODUCTS, PRODUCTS + INPUT_TILE],
        _ => [84, 3 * INPUT_TILE],
    };
    let each = Each {
        results: PRODUCTS,
        multiply_adds: QUAD * (2 * INPUT_TILE) * OF_A_ROW,
        inputs: reads,
        parameters: 0,
        turns: 0,
    };
    Work {
        registers: OTHER_REGISTERS + QUAD * kept,
        ..Work::alone(site, invocations(site), instance.workgroup_size, each)
    }
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let Op::Winograd(Winograd::Input { padding }) = site.op() else {
        return;
    };
    let (input, output) = (&operands.inputs[0], operands.output);
    let batch = site.batch();
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Word(padding.top),
            Value::Word(padding.left),
            Value::Word(invocations(site)),
        ],
        vec![
            // A pixel in the padding reads the tensor's first one.
            input.bound(batch * input.shape.pixels(), input.quads()),
            output.bound(site.pixels(), output.quads()),
        ],
        invocations(site),
    );
}
