use menagerie::graph::{Function, Op, Pointwise};

use crate::net::Net;

const PASS: &str = "name_activation";

fn number(number: f64) -> Pointwise {
    Pointwise::constant(number)
}

/// Numbers are those of f32, as files have them.
#[test]
fn an_expression_of_any_form_becomes_the_activation() {
    let x = Pointwise::identity();
    let gate = x.plus(&number(3.0)).clamp(0.0, 6.0);
    let power = x.times(&number(-1.0)).unary(Function::Exp);
    let sixth = number(f64::from(1.0_f32 / 6.0));
    for (expression, expected) in [
        (x.times(&number(1.0)), "identity"),
        (x.clamp(0.0, f64::INFINITY).clamp(-1.0, 6.0), "relu6"),
        (number(1.0).over(&number(1.0).plus(&power)), "sigmoid"),
        (x.over(&power.plus(&number(1.0))), "silu"),
        (
            x.times(&sixth).plus(&number(0.5)).clamp(0.0, 1.0),
            "hard_sigmoid",
        ),
        (sixth.times(&gate).times(&x), "hard_swish"),
        (
            x.unary(Function::Exp)
                .plus(&number(1.0))
                .unary(Function::Log),
            "softplus",
        ),
    ] {
        let mut net = Net::new(3, 4, 4);
        net.add_op("activation", Op::Pointwise(expression), &[net.input()]);
        net.after(PASS).becomes(&format!(
            "%0 input: input -> 3x4x4
             %1 activation: activation {expected} (%0) -> 3x4x4
             answer %1"
        ));
    }
}

#[test]
fn other_expressions_stay() {
    let x = Pointwise::identity();
    for expression in [
        x.times(&number(1.001)),
        x.clamp(0.0, 5.9),
        x.times(&x.times(&number(1.702)).unary(Function::Sigmoid)),
        // Not 1 where x is 0.
        x.times(&x).over(&x),
        x.plus(&number(2.9)).clamp(0.0, 6.0).over(&number(6.0)),
    ] {
        let mut net = Net::new(3, 4, 4);
        net.add_op("expression", Op::Pointwise(expression), &[net.input()]);
        net.after(PASS).is_untouched();
    }
}

/// Each product is that of all before it, so that its form would grow without end.
#[test]
fn a_long_expression_stays() {
    let mut x = Pointwise::identity().plus(&number(1.0));
    for _ in 0..40 {
        x = x.times(&x);
    }
    let mut net = Net::new(3, 4, 4);
    net.add_op("expression", Op::Pointwise(x), &[net.input()]);
    net.after(PASS).is_untouched();
}
