//! What is stored in f16 and what stays in f32, where a program is planned for f16: on small graphs, each worked out by the
//! rules.

use menagerie::Result;
use menagerie::device::DeviceProfile;
use menagerie::graph::{Conv, Reduction, Scope, ValueId, network};
use menagerie::program::{Planning, Precision, Program};
use menagerie::tensor::Shape;

/// The nodes whose results are in f16, of a graph of one image `x` of eight channels. The answer is a convolution behind
/// what `body` returns.
fn in_f16(
    kept: &[&str],
    body: impl Fn(&Scope<'_>, ValueId) -> Result<ValueId>,
) -> (bool, Vec<String>) {
    let graph = network("small", |net| {
        let x = net.image("x", Shape::new(8, 6, 4))?;
        let last = body(net, x)?;
        let answer = conv(net, "answer", last)?;
        net.output("answer", answer)
    });
    let planning = Planning::default().precision(Precision::F16);
    let planning = planning.keep_f32(kept.iter().copied());
    let program = Program::new(&graph.unwrap(), &DeviceProfile::WEBGPU, &planning).unwrap();
    let f32 = |view: &menagerie::kernels::View| view.format.quad_bytes() == 16;
    let stored = program.dispatches().iter();
    let stored = stored.filter(|dispatch| !f32(&dispatch.output));
    let input = f32(program.input());
    (
        !input,
        stored.map(|dispatch| dispatch.node.clone()).collect(),
    )
}

fn conv(net: &Scope<'_>, name: &str, x: ValueId) -> Result<ValueId> {
    net.conv(name, x, Conv::new(8, 3).padding(1).bias())
}

#[test]
fn what_is_stored_in_f16() {
    // All readers of the input are products.
    let products = in_f16(&[], |net, x| conv(net, "a", x));
    assert_eq!(products, (true, vec!["a".into(), "answer".into()]));
    // One is not.
    let read_otherwise = in_f16(&[], |net, x| {
        let a = conv(net, "a", x)?;
        net.add("sum", a, x)
    });
    let expected = vec!["a".into(), "sum".into(), "answer".into()];
    assert_eq!(read_otherwise, (false, expected));
    // A layer that is kept, and a name of its result.
    let kept = in_f16(&["b"], |net, x| {
        let a = conv(net, "a", x)?;
        let b = conv(net, "b", a)?;
        net.dropout("name", b)
    });
    assert_eq!(kept, (true, vec!["a".into(), "answer".into()]));
    let input = in_f16(&["x"], |net, x| conv(net, "a", x));
    assert_eq!(input, (false, vec!["a".into(), "answer".into()]));
}

/// A statistic, and point-wise arithmetic that it reads, but not the product in front.
#[test]
fn statistics_and_what_they_read_stay_in_f32() {
    let softmax = in_f16(&[], |net, x| {
        let a = conv(net, "a", x)?;
        let active = net.relu("relu", a)?;
        let parts = net.softmax("softmax", active)?;
        net.relu("behind", parts)
    });
    let expected = vec!["a".into(), "behind".into(), "answer".into()];
    assert_eq!(softmax, (true, expected));
    let mean = in_f16(&[], |net, x| {
        let a = conv(net, "a", x)?;
        let rows = net.reduce("rows", a, Reduction::Mean, &[2])?;
        let wide = net.expand("wide", rows, &[8, 6, 4])?;
        net.add("sum", a, wide)
    });
    assert!(!mean.1.contains(&"rows".to_owned()), "{mean:?}");
    assert!(mean.1.contains(&"sum".to_owned()), "{mean:?}");
}

/// Results of one pixel are few and decide over many.
#[test]
fn results_of_one_pixel_stay_in_f32() {
    let pooled = in_f16(&[], |net, x| {
        let a = conv(net, "a", x)?;
        let pixel = net.adaptive_average_pool("pool", a, 1)?;
        let gate = conv(net, "gate", pixel)?;
        net.multiply("gated", a, gate)
    });
    let expected = vec!["a".into(), "gated".into(), "answer".into()];
    assert_eq!(pooled, (true, expected));
}
