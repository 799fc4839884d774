//! Host side of `winograd_result.wgsl`.

use super::reason::Reason;
use super::work::{Each, OTHER_REGISTERS};
use super::{
    Encoder, Field, Fusion, Implementation, Instance, Kernel, Operands, QUAD, Site, Value, Work,
    quads, read, write,
};
use crate::graph::winograd::{INPUT_TILE, OF_A_ROW, PRODUCTS, TILE};

/// Winograd's transform of the products of a convolution to its result.
pub static KERNEL: Kernel = Kernel {
    name: "winograd_result",
    shader: &[include_str!("../../shaders/winograd_result.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("bounds", Field::Bounds),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    fusion: Fusion::Epilogue,
    implementation: Some(Implementation {
        accept: |site, _| accept(site.out_channels()),
        work,
        ..Implementation::only(&["winograd_result"], encode)
    }),
    ..Kernel::COMMON
};

/// Checks that the channels of each product begin with a quad.
pub fn accept(channels: usize) -> Result<(), Reason> {
    match channels.is_multiple_of(QUAD) {
        true => Ok(()),
        false => Err(Reason::new(format!(
            "needs a multiple of {QUAD} channels, found {channels}"
        ))),
    }
}

/// Number of invocations: one for each quad of a tile.
fn invocations(site: &Site<'_>) -> usize {
    site.batch() * site.input().pixels() * quads(site.out_channels())
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let each = Each {
        results: TILE * TILE,
        multiply_adds: QUAD * (TILE + INPUT_TILE) * OF_A_ROW,
        inputs: PRODUCTS,
        parameters: 0,
        turns: 0,
    };
    Work {
        registers: OTHER_REGISTERS + QUAD * INPUT_TILE * TILE,
        ..Work::alone(site, invocations(site), instance.workgroup_size, each)
    }
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let batch = site.batch();
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Bounds(site.clamp()),
            Value::Word(invocations(site)),
        ],
        vec![
            input.bound(batch * input.shape.pixels(), input.quads()),
            output.bound(site.pixels(), output.quads()),
        ],
        invocations(site),
    );
}
