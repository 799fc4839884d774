//! The expression between two convolutions that one dispatch computes, if it is more than a clamp. It is part of the pipeline's
//! shader text.

use super::expression;
use super::reason::Reason;
use super::site::{Site, clamp_of};
use crate::graph::{Op, Pointwise};

/// The function `between` of pipelines with a clamp, which is data.
pub(super) const CLAMP: &str = include_str!("../../shaders/core/between_clamp.wgsl");

/// The expression between the convolutions of `site`, if it is more than a clamp.
///
/// # Errors
/// The reason why no shader computes it.
pub(super) fn planned(site: &Site<'_>) -> Result<Option<Pointwise>, Reason> {
    let Op::ConvPair(pair) = site.op() else {
        return Ok(None);
    };
    let expression = &pair.between;
    if clamp_of(expression).is_some() {
        return Ok(None);
    }
    if let Some(reason) = expression::refusal(expression) {
        return Err(Reason::new(reason));
    }
    // Lanes beyond the last channel have 0, and weights of 0 behind it.
    if !(expression.apply(&[0.0]) as f32).is_finite() {
        return Err(Reason::new(format!(
            "needs an expression between the convolutions that is finite at 0, found {expression}"
        )));
    }
    Ok(Some(expression.clone()))
}

/// The function `between`.
pub(super) fn shader(expression: &Pointwise) -> String {
    let (statements, result) = expression::statements(expression, |_| String::new());
    format!("fn between(x: vec4<f32>) -> vec4<f32> {{\n{statements}    return {result};\n}}\n")
}
