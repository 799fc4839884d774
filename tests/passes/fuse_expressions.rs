use menagerie::graph::{Activation, Function, Op, Pointwise};

use crate::net::Net;

const PASS: &str = "fuse_expressions";

fn product() -> Op {
    Op::Pointwise(Pointwise::operand(0).times(&Pointwise::operand(1)))
}

#[test]
fn steps_in_a_row_become_one_expression() {
    let mut net = Net::new(3, 4, 4);
    let three = Pointwise::identity().plus(&Pointwise::constant(3.0));
    let x = net.add_op("sum", Op::Pointwise(three), &[net.input()]);
    let x = net.activation("relu6", x, Activation::Relu6);
    net.add_op("product", product(), &[net.input(), x]);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 product: pointwise x * clamp(x + 3, 0, 6) (%0) -> 3x4x4
         answer %1",
    );
}

#[test]
fn a_tensor_that_both_read_is_one_operand() {
    let mut net = Net::new(3, 4, 4);
    let gate = net.adaptive_pool("pool", net.input(), [1, 1]);
    let x = net.add_op("gated", product(), &[net.input(), gate]);
    let difference = Pointwise::operand(0).minus(&Pointwise::operand(1));
    net.add_op("difference", Op::Pointwise(difference), &[x, net.input()]);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 pool: adaptive_average_pool 1x1 (%0) -> 3x1x1
         %2 difference: pointwise (x * a) - x (%0, %1) -> 3x4x4
         answer %2",
    );
}

/// It would be computed once for each pixel.
#[test]
fn a_gate_for_each_channel_is_computed_once() {
    let mut net = Net::new(3, 4, 4);
    let gate = net.adaptive_pool("pool", net.input(), [1, 1]);
    let gate = net.activation("sigmoid", gate, Activation::Sigmoid);
    net.add_op("gated", product(), &[net.input(), gate]);
    net.after(PASS)
        .is_refused(&["gated: sigmoid is repeated in 3x4x4"]);
}

#[test]
fn what_is_needed_elsewhere_stays() {
    let mut net = Net::new(3, 4, 4);
    let x = net.relu("relu", net.input());
    let y = net.activation("tanh", x, Activation::Tanh);
    net.concat("concat", &[x, y]);
    net.after(PASS)
        .is_refused(&["tanh: relu has other readers"]);

    let mut net = Net::new(3, 4, 4);
    let x = net.relu("relu", net.input());
    let y = net.activation("tanh", x, Activation::Tanh);
    net.output(y);
    net.output(x);
    net.after(PASS).is_refused(&["tanh: relu is an output"]);
}

/// Convolutions take a sum of two tensors as data.
#[test]
fn a_sum_of_two_tensors_stays_one() {
    let mut net = Net::new(3, 4, 4);
    let pool = net.adaptive_pool("pool", net.input(), [4, 4]);
    let x = net.add_op("product", product(), &[net.input(), pool]);
    let other = net.adaptive_pool("other", net.input(), [4, 4]);
    net.add("sum", x, other);
    net.after(PASS)
        .is_refused(&["sum: sum would be no sum of two tensors"]);
}

#[test]
fn a_sum_of_one_tensor_is_fused() {
    let mut net = Net::new(3, 4, 4);
    let cube = Pointwise::identity().times(&Pointwise::identity());
    let x = net.add_op("square", Op::Pointwise(cube), &[net.input()]);
    let x = net.add("sum", net.input(), x);
    net.activation("tanh", x, Activation::Tanh);
    net.after(PASS).becomes(
        "%0 input: input -> 3x4x4
         %1 tanh: pointwise tanh(x + (x * x)) (%0) -> 3x4x4
         answer %1",
    );
}

#[test]
fn no_more_tensors_than_kernels_bind() {
    let mut net = Net::new(3, 4, 4);
    let mut x = net.input();
    for index in 0..5 {
        let side = net.adaptive_pool(&format!("side{index}"), net.input(), [4, 4]);
        x = net.add_op(&format!("product{index}"), product(), &[x, side]);
    }
    net.after(PASS)
        .after(PASS)
        .is_refused(&["product4: product4 would read 6 tensors, more than 5"]);
}

#[test]
fn no_more_steps_than_pipelines_have() {
    let mut net = Net::new(3, 4, 4);
    let mut x = net.input();
    for index in 0..2 {
        let mut expression = Pointwise::identity();
        for _ in 0..40 {
            expression = expression.unary(Function::Tanh);
        }
        x = net.add_op(&format!("part{index}"), Op::Pointwise(expression), &[x]);
    }
    net.after(PASS)
        .is_refused(&["part1: part1 would compute 81 steps, more than 64"]);
}
