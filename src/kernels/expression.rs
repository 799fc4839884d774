//! Writing fused expressions as WGSL.

use std::fmt::Write;

use crate::graph::{Combination, Function, Pointwise, Step};

/// The reason why `expression` cannot be written as WGSL, or `None` if it can. Its numbers become f32, and constants
/// must be finite.
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

/// The WGSL statements that compute `expression`, and the name of the variable with the result. Operand 0 is the
/// `vec4<f32>` called `x`; `operand` returns the WGSL of the other operands. [`refusal`] must have returned `None`.
pub fn statements(expression: &Pointwise, operand: impl Fn(usize) -> String) -> (String, String) {
    let mut text = String::new();
    let (zero, one) = (splat(0.0), splat(1.0));
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
                Combination::Power => format!("power(s{a}, s{b})"),
                Combination::Less => format!("select({zero}, {one}, s{a} < s{b})"),
                Combination::Equal => format!("select({zero}, {one}, s{a} == s{b})"),
            },
            Step::Select { condition, yes, no } => {
                format!("select(s{no}, s{yes}, s{condition} != {zero})")
            }
        };
        let _ = writeln!(text, "    let s{place} = {value};");
    }
    (text, format!("s{}", expression.steps().len() - 1))
}

/// The WGSL statements that compute `expression` of a quad of channels, and the WGSL of the result. The quad is the
/// `vec4<f32>` called `x`, and its index is `quad`; `channels` is the WGSL of the number of channels, and `operand` is
/// that of [`statements`]. Lanes beyond the last channel are zero in every operand, and are zero in the result.
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

/// Whether the result is not zero if every operand is zero. Then lanes beyond the last channel must be cleared.
fn disturbs_zero(expression: &Pointwise) -> bool {
    let zeros = vec![0.0; expression.operands()];
    let value = expression.apply(&zeros);
    // True for NaN as well.
    !(value == 0.0)
}

/// A `vec4<f32>` with `number` in all lanes, with all digits of an f32.
fn splat(number: f64) -> String {
    format!("vec4<f32>({:?}f)", number as f32)
}

/// Clamps `x`. A bound that is not finite in f32 is left out.
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
        Function::Log => "log",
        Function::Floor => "floor",
        Function::Ceil => "ceil",
        Function::Round => "round",
        Function::Sign => "sign",
    }
}
