//! Host side of `max_pool.wgsl`.

use super::matrix_conv::window_turns;
use super::{Encoder, Field, Implementation, Kernel, Operands, Site, Value, from_all, read, write};

/// Max pooling: the largest value of each window.
pub static KERNEL: Kernel = Kernel {
    name: "max_pool",
    shader: &[include_str!("../../shaders/max_pool.wgsl")],
    uniform: &[
        ("input", Field::View),
        ("output", Field::View),
        ("window", Field::Window),
        ("items", Field::Word),
    ],
    bindings: &[read("input"), write("output")],
    implementation: Some(Implementation {
        loop_turns: |site, _| window_turns(site),
        ..Implementation::only(&["max_pool"], encode)
    }),
    ..Kernel::COMMON
};

fn encode(site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
    let window = site.window();
    from_all(site, operands, encoder, &[Value::Window(&window)]);
}
