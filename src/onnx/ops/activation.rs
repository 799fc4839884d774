//! Functions of each value.

use std::rc::Rc;

use super::Operation;
use crate::graph::{Activation, Combination, Function, Number, Op, PRelu, Pointwise};
use crate::onnx::array::Array;
use crate::onnx::build::{Builder, Node, Value};
use crate::onnx::fold::{input, unary};

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images("Relu", &[1, 6, 13, 14], &[], |builder, node| {
        activated(builder, node, Activation::Relu)
    }),
    Operation::of_images("Sigmoid", &[1, 6, 13], &[], |builder, node| {
        activated(builder, node, Activation::Sigmoid)
    }),
    Operation::of_images("Tanh", &[1, 6, 13], &[], |builder, node| {
        activated(builder, node, Activation::Tanh)
    }),
    Operation::of_images("HardSwish", &[14, 22], &[], |builder, node| {
        activated(builder, node, Activation::HardSwish)
    }),
    Operation::of_images("HardSigmoid", &[1, 6, 22], &["alpha", "beta"], hard_sigmoid),
    Operation::of_images("LeakyRelu", &[1, 6, 16], &["alpha"], leaky_relu),
    Operation::of_images("PRelu", &[1, 6, 7, 9, 16], &[], prelu),
    Operation::of_images("Elu", &[1, 6, 22], &["alpha"], elu),
    Operation::of_images("Celu", &[12, 28], &["alpha"], celu),
    Operation::of_images("Selu", &[1, 6, 22], &["alpha", "gamma"], selu),
    Operation::of_images("Gelu", &[20], &["approximate"], gelu),
    Operation::of_images("Softsign", &[1, 22], &[], softsign),
    Operation::of_images("Swish", &[24], &["alpha"], swish),
    Operation::lazy(
        "Abs",
        &[1, 6, 13],
        &[],
        |builder, node| applied(builder, node, x().unary(Function::Abs)),
        |_, inputs| each(inputs, f64::abs, i64::saturating_abs),
    ),
    Operation::lazy(
        "Exp",
        &[1, 6, 13],
        &[],
        |builder, node| applied(builder, node, x().unary(Function::Exp)),
        |_, inputs| each(inputs, f64::exp, |int| int),
    ),
    Operation::lazy(
        "Sqrt",
        &[1, 6, 13],
        &[],
        |builder, node| applied(builder, node, x().unary(Function::Sqrt)),
        |_, inputs| each(inputs, f64::sqrt, |int| int),
    ),
    Operation::lazy(
        "Erf",
        &[9, 13],
        &[],
        |builder, node| applied(builder, node, x().unary(Function::Erf)),
        |_, inputs| each(inputs, libm::erf, |int| int),
    ),
    Operation::lazy(
        "Neg",
        &[1, 6, 13],
        &[],
        |builder, node| applied(builder, node, x().times(&number(-1.0))),
        |_, inputs| each(inputs, |x| -x, i64::saturating_neg),
    ),
    Operation::lazy(
        "Reciprocal",
        &[1, 6, 13],
        &[],
        |builder, node| applied(builder, node, number(1.0).over(&x())),
        |_, inputs| each(inputs, f64::recip, |int| int),
    ),
    Operation::lazy(
        "Ceil",
        &[1, 6, 13],
        &[],
        |builder, node| applied(builder, node, x().unary(Function::Ceil)),
        |_, inputs| each(inputs, f64::ceil, |int| int),
    ),
    Operation::lazy(
        "Floor",
        &[1, 6, 13],
        &[],
        |builder, node| applied(builder, node, x().unary(Function::Floor)),
        |_, inputs| each(inputs, f64::floor, |int| int),
    ),
    Operation::lazy(
        "Round",
        &[11, 22],
        &[],
        |builder, node| applied(builder, node, x().unary(Function::Round)),
        |_, inputs| each(inputs, f64::round_ties_even, |int| int),
    ),
    Operation::lazy(
        "Log",
        &[1, 6, 13],
        &[],
        |builder, node| applied(builder, node, x().unary(Function::Log)),
        |_, inputs| each(inputs, f64::ln, |int| int),
    ),
    Operation::lazy(
        "Sign",
        &[9, 13],
        &[],
        |builder, node| applied(builder, node, x().unary(Function::Sign)),
        |_, inputs| each(inputs, sign, i64::signum),
    ),
    Operation::lazy(
        "Not",
        &[1],
        &[],
        |builder, node| applied(builder, node, number(1.0).minus(&x())),
        |_, inputs| each(inputs, |float| float, |int| i64::from(int == 0)),
    ),
    Operation::of_images("Softplus", &[1, 22], &[], |builder, node| {
        activated(builder, node, Activation::Softplus)
    }),
    Operation::of_images("Mish", &[18, 22], &[], |builder, node| {
        activated(builder, node, Activation::Mish)
    }),
    Operation::of_images("Shrink", &[9], &["bias", "lambd"], shrink),
    Operation::of_images("ThresholdedRelu", &[10, 22], &["alpha"], |builder, node| {
        let alpha = number(node.float("alpha", 1.0)?);
        let is_above = alpha.binary(Combination::Less, &x());
        applied(builder, node, is_above.select(&x(), &number(0.0)))
    }),
];

fn x() -> Pointwise {
    Pointwise::identity()
}

fn number(number: f64) -> Pointwise {
    Pointwise::constant(number)
}

fn sign(x: f64) -> f64 {
    match x == 0.0 || x.is_nan() {
        true => x,
        false => x.signum(),
    }
}

fn each(
    inputs: &[Option<Rc<Array>>],
    float: impl Fn(f64) -> f64,
    int: impl Fn(i64) -> i64,
) -> Result<Vec<Array>, String> {
    Ok(vec![unary(input(inputs, 0)?, float, int)])
}

/// Applies `activation` to the input.
fn activated(
    builder: &mut Builder<'_>,
    node: &Node,
    activation: Activation,
) -> Result<Vec<Value>, String> {
    let value = builder.tensor(node.input(0)?)?;
    let id = builder.op(Op::Activation(activation), &[value.id])?;
    builder.like(id, &value)
}

/// Applies `expression` to the input.
pub fn applied(
    builder: &mut Builder<'_>,
    node: &Node,
    expression: Pointwise,
) -> Result<Vec<Value>, String> {
    let value = builder.tensor(node.input(0)?)?;
    let id = builder.op(Op::Pointwise(expression), &[value.id])?;
    builder.like(id, &value)
}

fn hard_sigmoid(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let (alpha, beta) = (node.float("alpha", 0.2)?, node.float("beta", 0.5)?);
    // Exporters round 1/6 to f32.
    if (alpha - 1.0 / 6.0).abs() < 1e-6 && beta == 0.5 {
        return activated(builder, node, Activation::HardSigmoid);
    }
    let line = x().times(&number(alpha)).plus(&number(beta));
    applied(builder, node, line.clamp(0.0, 1.0))
}

fn leaky_relu(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let slope = Number(node.float("alpha", 0.01)?);
    activated(builder, node, Activation::LeakyRelu { slope })
}

fn prelu(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let slope = node.input(1)?;
    if let Some(number) = builder.number(slope) {
        let slope = Number(number);
        return activated(builder, node, Activation::LeakyRelu { slope });
    }
    let value = builder.tensor(node.input(0)?)?;
    let slope = builder.tensor(slope)?;
    let id = builder.op(Op::PRelu(PRelu), &[value.id, slope.id])?;
    builder.like(id, &value)
}

fn elu(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let alpha = Number(node.float("alpha", 1.0)?);
    activated(builder, node, Activation::Elu { alpha })
}

fn celu(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let alpha = number(node.float("alpha", 1.0)?);
    let below = x().binary(Combination::Min, &number(0.0)).over(&alpha);
    let below = below.unary(Function::Exp).minus(&number(1.0));
    let above = x().clamp(0.0, f64::INFINITY);
    applied(builder, node, above.plus(&below.times(&alpha)))
}

fn selu(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let alpha = Number(node.float("alpha", 1.6732631921768188)?);
    let gamma = number(node.float("gamma", 1.0507010221481323)?);
    let elu = Activation::Elu { alpha }.expression();
    applied(builder, node, elu.times(&gamma))
}

fn gelu(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    match node.text("approximate", "none")?.as_str() {
        "none" => activated(builder, node, Activation::Gelu),
        "tanh" => activated(builder, node, Activation::GeluTanh),
        other => Err(format!("approximate {other} is not known")),
    }
}

fn shrink(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let bias = number(node.float("bias", 0.0)?);
    let limit = node.float("lambd", 0.5)?;
    let is_below = x().binary(Combination::Less, &number(-limit));
    let is_above = number(limit).binary(Combination::Less, &x());
    let above = is_above.select(&x().minus(&bias), &number(0.0));
    applied(builder, node, is_below.select(&x().plus(&bias), &above))
}

fn softsign(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let divisor = x().unary(Function::Abs).plus(&number(1.0));
    applied(builder, node, x().over(&divisor))
}

fn swish(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let alpha = node.float("alpha", 1.0)?;
    if alpha == 1.0 {
        return activated(builder, node, Activation::Silu);
    }
    let gate = x().times(&number(alpha)).unary(Function::Sigmoid);
    applied(builder, node, x().times(&gate))
}
