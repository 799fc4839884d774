//! Expressions as WGSL: what a pipeline computes in front of an operation, and behind it where that is more than a sum
//! and a clamp.

use std::fmt::Write;

use crate::graph::{Combination, Function, Pointwise, Step};

/// Why an expression cannot be written as WGSL; none where it can. Numbers are f32 there, and a constant must be finite.
pub fn refusal(expression: &Pointwise) -> Option<String> {
    expression.steps().iter().find_map(|step| match step {
        Step::Constant(number) if !(number.0 as f32).is_finite() => Some(format!(
            "needs finite numbers of f32, found {number} in {expression}"
        )),
        Step::Clamp { low, high, .. } => {
            let (low, high) = (low.0, high.0);
            let are_bounds = low <= high && low < f64::INFINITY && high > f64::NEG_INFINITY;
            (!are_bounds).then(|| format!("needs bounds in order, found {expression}"))
        }
        _ => None,
    })
}

/// The statements that compute `expression` of the `vec4<f32>` called `x`, where `operand` gives the WGSL of the further
/// operands; the last variable, whose name comes back, is the result. [`refusal`] has nothing against it.
fn statements(expression: &Pointwise, operand: impl Fn(usize) -> String) -> (String, String) {
    let mut text = String::new();
    for (place, step) in expression.steps().iter().enumerate() {
        let value = match *step {
            Step::Operand(0) => "x".to_owned(),
            Step::Operand(index) => operand(index),
            Step::Constant(number) => splat(number.0),
            Step::Clamp { of, low, high } => clamp(&format!("s{of}"), low.0, high.0),
            Step::Unary(function, of) => format!("{}(s{of})", name(function)),
            Step::Binary(combination, a, b) => match combination {
                Combination::Add => format!("s{a} + s{b}"),
                Combination::Subtract => format!("s{a} - s{b}"),
                Combination::Multiply => format!("s{a} * s{b}"),
                Combination::Divide => format!("s{a} / s{b}"),
                Combination::Max => format!("max(s{a}, s{b})"),
                Combination::Min => format!("min(s{a}, s{b})"),
            },
        };
        let _ = writeln!(text, "    let s{place} = {value};");
    }
    (text, format!("s{}", expression.steps().len() - 1))
}

/// The statements that compute `expression` of the `vec4<f32>` called `x`, a quad of channels with the number `quad`, of
/// so many `channels`, and the WGSL of the result; `operand` is as [`statements`] has it. Lanes beyond the last channel,
/// which are zero in every operand, are zero in the result, always.
pub fn of_quad(
    expression: &Pointwise,
    operand: impl Fn(usize) -> String,
    channels: &str,
) -> (String, String) {
    let (text, result) = statements(expression, operand);
    match disturbs_zero(expression) {
        true => (text, format!("within_channels({result}, quad, {channels})")),
        false => (text, result),
    }
}

/// Whether zero of every operand gives something else than zero, so that lanes beyond the last channel must be cleared.
fn disturbs_zero(expression: &Pointwise) -> bool {
    let zeros = vec![0.0; expression.operands()];
    let value = expression.apply(&zeros);
    // Of a NaN, too.
    !(value == 0.0)
}

/// `number` in all four lanes, with all digits that an f32 has.
fn splat(number: f64) -> String {
    format!("vec4<f32>({:?}f)", number as f32)
}

/// A bound that is no finite f32 is none: such a number is what f32 has at most.
fn clamp(x: &str, low: f64, high: f64) -> String {
    let bounded_below = (low as f32).is_finite();
    let bounded_above = (high as f32).is_finite();
    match (bounded_below, bounded_above) {
        (true, true) => format!("clamp({x}, {}, {})", splat(low), splat(high)),
        (true, false) => format!("max({x}, {})", splat(low)),
        (false, true) => format!("min({x}, {})", splat(high)),
        (false, false) => x.to_owned(),
    }
}

/// The name of the WGSL function: built in, or one of shaders/core/functions.wgsl.
fn name(function: Function) -> &'static str {
    match function {
        Function::Abs => "abs",
        Function::Exp => "exp",
        Function::Sqrt => "sqrt",
        Function::Tanh => "tanh_of",
        Function::Erf => "erf",
        Function::Sigmoid => "sigmoid",
    }
}
