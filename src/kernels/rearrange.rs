//! Host side of `rearrange.wgsl`.

use super::arrangement::Steps;
use super::uniforms::MOST_AXES;
use super::{
    Encoder, Field, Implementation, Kernel, LayoutRule, Operands, QUAD, Site, Value, read, write,
};

/// Values in another order of memory, and operations that only move values along axes.
pub static KERNEL: Kernel = Kernel {
    name: "rearrange",
    shader: &[include_str!("../../shaders/rearrange.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("pixels", Field::Axes),
        ("channels", Field::Axes),
        ("source", Field::Axes),
        ("begin", Field::Word),
        ("in_quads", Field::Word),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    layouts: LayoutRule::Any,
    implementation: Some(Implementation::only(
        &[
            "relayout",
            "reshape",
            "transpose",
            "slice",
            "expand",
            "dropout",
        ],
        encode,
    )),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let (input, output) = (&operands.inputs[0], operands.output);
    let (batch, items) = (site.batch(), site.pixels() * output.quads());
    let source = site.input_arrangement().source(site.op(), input, batch);
    let [pixels, channels] = site.output_arrangement().logical_steps(batch);
    // Two divisions for each axis are most of the kernel's time, so the steps are composed if they can be.
    let composed = [&pixels, &channels].map(|numbers| source.along(numbers));
    let (pixels, channels, steps) = match composed {
        [Some(pixels), Some(channels)] if pixels.len().max(channels.len()) <= MOST_AXES => {
            (pixels, channels, vec![(1, 1)])
        }
        _ => (pixels, channels, source.steps.clone()),
    };
    let in_quads = are_quads_kept(source.begin, &pixels, &channels, &steps);
    encoder.call(
        &[
            Value::View(input, batch),
            Value::View(output, batch),
            Value::Axes(&pixels),
            Value::Axes(&channels),
            Value::Axes(&steps),
            Value::Word(source.begin),
            Value::Word(usize::from(in_quads)),
            Value::Word(items),
        ],
        vec![
            input.bound(batch * site.input().pixels(), input.quads()),
            output.bound(site.pixels(), output.quads()),
        ],
        items,
    );
}

/// Whether each quad of the result is a quad of the input. `pixels` and `channels` are the steps along the result, and
/// `steps` those that they are not composed with.
fn are_quads_kept(begin: usize, pixels: &Steps, channels: &Steps, steps: &Steps) -> bool {
    let quads = QUAD as isize;
    let is_whole = |&(_, stride): &(usize, isize)| stride % quads == 0;
    let Some(&(extent, 1)) = channels.first() else {
        return false;
    };
    let are_rows_whole = channels.len() == 1 || extent.is_multiple_of(QUAD);
    steps[..] == [(1, 1)]
        && begin.is_multiple_of(QUAD)
        && are_rows_whole
        && channels[1..].iter().all(is_whole)
        && pixels.iter().all(is_whole)
}
