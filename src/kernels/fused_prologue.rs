//! The fused prologue: an expression that a pipeline computes of each value of the first input when it loads it. The
//! expression is part of the pipeline's shader text and has its own constants.

use std::fmt::Write;

use super::binding::{Binding, parameters};
use super::expression;
use super::uniforms::Field;
use crate::graph::Pointwise;

/// The function `load` of a pipeline without a prologue.
pub(super) const PLAIN: &str = include_str!("../../shaders/core/load.wgsl");

/// Names, in shaders, of the packed constants and of the word that holds their offset.
const NAME: &str = "constants";
const OFFSET: &str = "constants_offset";

/// An expression in front of an operation, as part of a compiled pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FusedPrologue {
    pub(super) expression: Pointwise,
    /// Number of constants that it reads. Each has one value for each channel of the input.
    pub(super) constants: usize,
}

impl FusedPrologue {
    /// The binding of its constants, or `None` if it has none. It holds a row of quads for each constant.
    pub(super) fn binding(&self) -> Option<Binding> {
        (self.constants > 0).then_some(parameters(NAME))
    }

    /// The field of the uniform block with the offset of the constants.
    pub(super) fn field(&self) -> Option<(&'static str, Field)> {
        (self.constants > 0).then_some((OFFSET, Field::Parameters))
    }

    /// The function `load`.
    pub(super) fn shader(&self) -> String {
        let mut text = String::from(
            "fn load(index: u32, quad: u32) -> vec4<f32> {\n    let x = read_input(index);\n",
        );
        for row in 0..self.constants {
            let _ = writeln!(
                text,
                "    let constant_{} = read_{NAME}(uniforms.{OFFSET} + {row}u * uniforms.input.quads + quad);",
                row + 1
            );
        }
        let operand = |index: usize| format!("constant_{index}");
        let (statements, result) =
            expression::of_quad(&self.expression, operand, "uniforms.input.channels");
        let _ = writeln!(text, "{statements}    return {result};\n}}");
        text
    }
}
