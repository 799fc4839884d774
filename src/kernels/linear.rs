//! Host side of `linear.wgsl`.

use super::packing::Packing;
use super::pieces::LONGEST;
use super::reason::Reason;
use super::work::{Each, Work};
use super::{
    Encoder, Field, Fusion, Implementation, Instance, Kernel, Operands, QUAD, Site, Value,
    parameters, quads, read, write,
};

/// A linear layer: a matrix times a vector.
pub static KERNEL: Kernel = Kernel {
    name: "linear",
    shader: &[include_str!("../../shaders/linear.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("bounds", Field::Bounds),
        ("weights_offset", Field::Parameters),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), parameters("weights"), write("output")],
    prologue: true,
    fusion: Fusion::Epilogue,
    implementation: Some(Implementation {
        ops: &["linear", "conv2d"],
        accept: |site, _| accept(site),
        loop_turns: |site, _| quads(site.in_channels()),
        work,
        pack,
        encode,
    }),
    ..Kernel::COMMON
};

/// Accepts a convolution only if it is a matrix times a vector.
fn accept(site: &Site<'_>) -> Result<(), Reason> {
    let (input, window) = (site.input(), site.window());
    if !input.is_vector() || !window.is_pointwise() {
        let found = format!("needs a 1x1 window on one pixel, found {window} on {input}");
        return Err(Reason::new(found));
    }
    if site.groups() > 1 {
        let found = format!("needs 1 group, found {}", site.groups());
        return Err(Reason::new(found));
    }
    // A part of the outputs is a part of each row, so the packed weights are no few contiguous pieces. The host would hold
    // all of them at once.
    let packed = (site.in_channels() + 1) * quads(site.out_channels());
    if packed > LONGEST {
        return Err(Reason::new(format!(
            "needs at most {LONGEST} vec4<f32> of parameters, found {packed}"
        )));
    }
    Ok(())
}

fn work(site: &Site<'_>, instance: &Instance) -> Work {
    let in_quads = quads(site.in_channels());
    let each = Each {
        results: 1,
        multiply_adds: QUAD * QUAD * in_quads,
        inputs: in_quads,
        parameters: QUAD * in_quads,
        turns: 0,
    };
    let invocations = site.batch() * quads(site.out_channels());
    Work::alone(site, invocations, instance.workgroup_size, each)
}

fn pack(site: &Site<'_>) -> Option<Packing> {
    Some(Packing::Linear {
        in_features: site.in_channels(),
        outputs: 0..site.out_channels(),
        bias: site.has_bias(),
    })
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, in_quads, out_quads) = (site.batch(), input.quads(), output.quads());
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Bounds(site.clamp()),
            Value::Parameters,
            Value::Word(batch * out_quads),
        ],
        vec![
            input.bound(batch, in_quads),
            operands.parameters((QUAD * in_quads + 1) * out_quads),
            output.bound(batch, out_quads),
        ],
        batch * out_quads,
    );
}
