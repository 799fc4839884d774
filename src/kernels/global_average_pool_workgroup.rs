//! Host side of `global_average_pool_workgroup.wgsl`.

use super::global_average_pool::{OPS, accept, means, reductions};
use super::parts::WORKGROUP_SUM;
use super::{
    Encoder, FROM_INPUT_TO_OUTPUT, Implementation, Kernel, Operands, Site, Value, Work, read, write,
};

/// Global average pooling by workgroups: the invocations of each share the pixels.
pub static KERNEL: Kernel = Kernel {
    name: "global_average_pool_workgroup",
    shader: &[
        WORKGROUP_SUM,
        include_str!("../../shaders/global_average_pool_workgroup.wgsl"),
    ],
    uniform: FROM_INPUT_TO_OUTPUT,
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation {
        accept: |site, _| accept(site),
        loop_turns: |site, instance| {
            let pixels = site.input().pixels();
            pixels.div_ceil(instance.workgroup_size as usize)
        },
        work: |site, instance| Work::by_workgroups(site, instance, reductions(site)),
        ..Implementation::only(OPS, encode)
    }),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, quads) = (site.batch(), output.quads());
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Word(means(site)),
        ],
        vec![
            input.bound(batch * site.input().pixels(), quads),
            output.bound(batch, quads),
        ],
        means(site) * encoder.instance().workgroup_size as usize,
    );
}
