//! What pipelines compute in front of an operation, of each value of its first input as they load it: an expression in
//! the pipeline's own text, with constants of its own.

use std::fmt::Write;

use super::binding::{Binding, parameters};
use super::expression;
use super::uniforms::Field;
use crate::graph::Pointwise;

/// How a shader loads its input where nothing is computed in front.
pub(super) const PLAIN: &str = include_str!("../../shaders/core/load.wgsl");

/// What the packed constants are called in shaders, and the word that says where they begin.
const NAME: &str = "constants";
const OFFSET: &str = "constants_offset";

/// An expression in front of an operation, as a pipeline is compiled for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FusedPrologue {
    pub(super) expression: Pointwise,
    /// How many constants it reads, each of which has a value for each channel of the input.
    pub(super) constants: usize,
}

impl FusedPrologue {
    /// Its constants' binding, where it has any: a row of quads for each.
    pub(super) fn binding(&self) -> Option<Binding> {
        (self.constants > 0).then_some(parameters(NAME))
    }

    /// The field of the uniform block that says where they begin.
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
