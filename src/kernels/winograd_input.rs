//! Host side of `winograd_input.wgsl`.

use super::winograd_result::accept;
use super::work::{Each, OTHER_REGISTERS};
use super::{
    Encoder, Field, Implementation, Instance, Kernel, Operands, QUAD, Site, Value, Work, quads,
    read, write,
};
use crate::graph::winograd::{INPUT_TILE, OF_A_ROW, PRODUCTS};
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
        ("tiles", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    instances: &[
        Instance::named("at once", 64, &[("PARTS", 1)]),
        // Where compilers would spill registers.
        Instance::named("in parts", 64, &[("PARTS", 3)]),
    ],
    implementation: Some(Implementation {
        accept: |site, _| accept(site.in_channels()),
        work,
        ..Implementation::only(&["winograd_input"], encode)
    }),
    ..Kernel::COMMON
};

/// Number of quads of all tiles.
fn quads_of_tiles(site: &Site<'_>) -> usize {
    site.pixels() * quads(site.in_channels())
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let parts = instance.constant("PARTS");
    let kept = match parts {
        1 => PRODUCTS + INPUT_TILE,
        _ => 3 * INPUT_TILE,
    };
    let each = Each {
        results: PRODUCTS / parts,
        multiply_adds: QUAD * 2 * INPUT_TILE * OF_A_ROW / parts,
        inputs: PRODUCTS,
        parameters: 0,
        turns: 0,
    };
    let invocations = parts * quads_of_tiles(site);
    Work {
        registers: OTHER_REGISTERS + QUAD * kept,
        ..Work::alone(site, invocations, instance.workgroup_size, each)
    }
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let Op::Winograd(Winograd::Input { padding }) = site.op() else {
        return;
    };
    let (input, output) = (&operands.inputs[0], operands.output);
    let batch = site.batch();
    let invocations = encoder.instance().constant("PARTS") * quads_of_tiles(site);
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Word(padding.top),
            Value::Word(padding.left),
            Value::Word(quads_of_tiles(site)),
            Value::Word(invocations),
        ],
        vec![
            // A pixel in the padding reads the tensor's first one.
            input.bound(batch * input.shape.pixels(), input.quads()),
            output.bound(site.pixels(), output.quads()),
        ],
        invocations,
    );
}
