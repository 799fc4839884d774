//! Host side of `group_norm.wgsl`.

use super::layer_norm::{LOOPS, pack};
use super::parts::WORKGROUP_SUM;
use super::work::Reductions;
use super::{
    Encoder, Field, Fusion, Implementation, Instance, Kernel, Operands, QUAD, Site, Value, Work,
    nested_turns, parameters, quads, read, write,
};
use crate::graph::Op;

/// Group normalisation: the statistics are those of all pixels of a group of channels. A workgroup computes the groups of a
/// span.
pub static KERNEL: Kernel = Kernel {
    name: "group_norm",
    shader: &[WORKGROUP_SUM, include_str!("../../shaders/group_norm.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("bounds", Field::Bounds),
        ("each", Field::Word),
        ("span", Field::Word),
        ("spans", Field::Word),
        ("turns", Field::Word),
        ("epsilon", Field::Number),
        ("weights_offset", Field::Parameters),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), parameters("weights"), write("output")],
    instances: &[Instance::only(256, &[])],
    fusion: Fusion::Epilogue,
    implementation: Some(Implementation {
        loop_turns: |site, instance| {
            let Span { quads, turns, .. } = Span::of(site);
            let values = site.input().pixels() * quads;
            let values = values.div_ceil(instance.workgroup_size as usize);
            nested_turns(&[turns, 2 * values]) + nested_turns(&[values, QUAD])
        },
        work: |site, instance| {
            let span = Span::of(site);
            let values = site.input().pixels() * span.quads;
            let reductions = Reductions {
                count: span.items(site),
                reads: (LOOPS + 2) * values,
                writes: values,
                sums: LOOPS * span.turns,
            };
            Work::by_workgroups(site, instance, reductions)
        },
        pack,
        ..Implementation::only(&["group_norm"], encode)
    }),
    ..Kernel::COMMON
};

/// As few neighbouring groups as fill whole quads.
struct Span {
    /// Channels of a group.
    each: usize,
    /// Quads of the span.
    quads: usize,
    /// How often the shader sums values: once for each group of the span, or once for all groups of a single quad.
    turns: usize,
}

impl Span {
    fn of(site: &Site<'_>) -> Self {
        let groups = match site.op() {
            Op::GroupNorm(op) => op.groups,
            _ => 1,
        };
        let each = site.in_channels() / groups;
        // The least common multiple of a group and a quad.
        let together = [1, 2, QUAD];
        let together = together
            .into_iter()
            .find(|together| (together * each).is_multiple_of(QUAD));
        let together = together.unwrap_or(QUAD).min(groups);
        let quads = quads(together * each);
        Self {
            each,
            quads,
            turns: if quads == 1 { 1 } else { together },
        }
    }

    /// Number of spans of an image.
    fn number(&self, site: &Site<'_>) -> usize {
        quads(site.in_channels()).div_ceil(self.quads)
    }

    /// Number of spans of the batch.
    fn items(&self, site: &Site<'_>) -> usize {
        site.batch() * self.number(site)
    }
}

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let Op::GroupNorm(op) = site.op() else {
        return;
    };
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, pixels, quads) = (site.batch(), site.pixels(), output.quads());
    let span = Span::of(site);
    let items = span.items(site);
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Bounds(site.clamp()),
            Value::Word(span.each),
            Value::Word(span.quads),
            Value::Word(span.number(site)),
            Value::Word(span.turns),
            Value::Number(op.epsilon.0),
            Value::Parameters,
            Value::Word(items),
        ],
        vec![
            input.bound(pixels, quads),
            operands.parameters(2 * quads),
            output.bound(pixels, quads),
        ],
        items * encoder.instance().workgroup_size as usize,
    );
}
