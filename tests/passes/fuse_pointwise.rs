use menagerie::graph::{Op, PRelu, Pointwise};

use crate::net::Net;

const PASS: &str = "fuse_pointwise";

fn product() -> Op {
    Op::Pointwise(Pointwise::operand(0).times(&Pointwise::operand(1)))
}

/// `a - 2 b`: which operand is which counts.
fn difference() -> Op {
    let twice = Pointwise::operand(1).times(&Pointwise::constant(2.0));
    Op::Pointwise(Pointwise::operand(0).minus(&twice))
}

#[test]
fn a_parametric_relu_is_computed_with_its_slopes() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 8, 1);
    let slope = net.parameter("prelu.weight", &[8, 1, 1]);
    net.add_op("prelu", Op::PRelu(PRelu), &[x, slope]);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->8 1x1 + bias then clamp(x, 0, inf) + (a * min(x, 0)) (%0) -> 8x4x4
         answer %1",
    );
}

#[test]
fn a_gate_is_computed_behind_what_it_opens() {
    let mut net = Net::new(3, 4, 4);
    let gate = net.adaptive_pool("pool", net.input(), [1, 1]);
    let x = net.conv("conv", net.input(), 3, 1);
    net.add_op("gated", product(), &[gate, x]);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 pool: adaptive_average_pool 1x1 (%0) -> 3x1x1
         %2 conv: conv2d 3->3 1x1 + bias then a * x (%0, %1) -> 3x4x4
         answer %2",
    );
}

/// The second operand is computed last, and the first is read.
#[test]
fn operands_keep_their_places() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 3, 1);
    net.add_op("difference", difference(), &[net.input(), x]);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->3 1x1 + bias then a - (x * 2) (%0, %0) -> 3x4x4
         answer %1",
    );
}

/// `fuse_residual` fuses sums behind nothing, and leaves these.
#[test]
fn a_sum_behind_a_scale_is_computed_with_it() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 3, 1);
    let scale = net.parameter("layer_scale", &[3, 1, 1]);
    let scaled = net.add_op("scaled", product(), &[x, scale]);
    let other = net.relu("relu", net.input());
    net.scaled_add("sum", other, scaled, 0.5);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 relu: activation relu (%0) -> 3x4x4
         %2 conv: conv2d 3->3 1x1 + bias then b + ((x * a) * 0.5) (%0, %1) -> 3x4x4
         answer %2",
    );
}

#[test]
fn a_sum_with_what_the_convolution_reads_is_left() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 3, 1);
    let scale = net.parameter("layer_scale", &[3, 1, 1]);
    let scaled = net.add_op("scaled", product(), &[x, scale]);
    net.add("sum", scaled, net.input());
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->3 1x1 + bias then x * a (%0) -> 3x4x4
         %2 sum: add (%1, %0) -> 3x4x4
         answer %2",
    );
}

/// Kernels take a residual and a clamp as data, and need no pipeline for them.
#[test]
fn a_sum_behind_a_clamp_is_left() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 3, 1);
    let clamp = Pointwise::identity().clamp(0.0, 1.0);
    let clamped = net.add_op("clamp", Op::Pointwise(clamp), &[x]);
    net.add("sum", clamped, net.input());
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->3 1x1 + bias then clamp(x, 0, 1) (%0) -> 3x4x4
         %2 sum: add (%1, %0) -> 3x4x4
         answer %2",
    );
}

#[test]
fn expressions_are_merged() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 3, 1);
    let x = net.add_op("difference", difference(), &[x, net.input()]);
    net.add_op("product", product(), &[x, net.input()]);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 conv: conv2d 3->3 1x1 + bias then (x - (a * 2)) * b (%0, %0, %0) -> 3x4x4
         answer %1",
    );
}

#[test]
fn what_is_needed_elsewhere_stays() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 3, 1);
    net.add_op("square", product(), &[x, x]);
    net.after(PASS)
        .is_refused(&["square: conv is read 2 times; conv is read 2 times"]);

    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 3, 1);
    let pool = net.adaptive_pool("pool", x, [1, 1]);
    net.add_op("gated", product(), &[x, pool]);
    net.after(PASS).is_refused(&[
        "gated: conv is read 2 times; pool is adaptive_average_pool, which supports no expression after it",
    ]);
}

/// A single row that repeats down the image is read by no kernel that computes something else.
#[test]
fn operands_in_another_order_stay() {
    let mut net = Net::new(3, 4, 4);
    let x = net.conv("conv", net.input(), 3, 1);
    let row = net.parameter("row", &[1, 4]);
    net.add_op("rows", product(), &[x, row]);
    net.after(PASS)
        .is_refused(&["rows: row is read in another order"]);
}

#[test]
fn no_more_tensors_than_kernels_bind() {
    let mut net = Net::new(3, 4, 4);
    let sides: Vec<_> = (0..5)
        .map(|side| net.relu(&format!("side{side}"), net.input()))
        .collect();
    let mut x = net.conv("conv", net.input(), 3, 1);
    for (index, side) in sides.into_iter().enumerate() {
        x = net.add_op(&format!("product{index}"), product(), &[x, side]);
    }
    let found = net.after(PASS).after(PASS);
    found.is_refused(&[
        "product4: conv would read 5 tensors after it, more than 4; side4 is activation, which supports no expression after it",
    ]);
}
